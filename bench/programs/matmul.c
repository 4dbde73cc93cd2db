// Floating point in nested loops: the product of two 256 x 256 matrices of doubles.
#include <stdio.h>

enum { kSide = 256 };
static double a[kSide][kSide], b[kSide][kSide], c[kSide][kSide];

int main(void) {
  for (int i = 0; i < kSide; ++i)
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (i * 7 + j) % 13 - 6;
      b[i][j] = (i + j * 5) % 11 - 5;
    }
  for (int i = 0; i < kSide; ++i)
    for (int j = 0; j < kSide; ++j) {
      double sum = 0;
      for (int k = 0; k < kSide; ++k) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  double trace = 0;
  for (int i = 0; i < kSide; ++i) trace += c[i][i] + c[i][kSide - 1 - i];
  printf("%.1f\n", trace);
  return 0;
}
