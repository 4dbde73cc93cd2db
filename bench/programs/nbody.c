// Floating point with square roots: five bodies under gravity, 400,000 steps.
#include <math.h>
#include <stdio.h>

enum { kBodies = 5, kSteps = 400000 };
typedef struct {
  double position[3], velocity[3], mass;
} Body;

// A made-up system: a heavy centre and four light bodies on inclined orbits around it.
static Body bodies[kBodies] = {{{0, 0, 0}, {0, 0, 0}, 40},
                               {{5, 0, 0.1}, {0, 2.8, 0}, 0.04},
                               {{0, 9, 0.4}, {-2.1, 0, 0.1}, 0.01},
                               {{-13, 0, 0.2}, {0, -1.75, 0}, 0.002},
                               {{0, -15, 0.3}, {1.6, 0, 0.05}, 0.002}};

static void advance(double dt) {
  for (int i = 0; i < kBodies; ++i)
    for (int j = i + 1; j < kBodies; ++j) {
      double apart[3], square = 0;
      for (int k = 0; k < 3; ++k) {
        apart[k] = bodies[i].position[k] - bodies[j].position[k];
        square += apart[k] * apart[k];
      }
      double pull = dt / (square * sqrt(square));
      for (int k = 0; k < 3; ++k) {
        bodies[i].velocity[k] -= apart[k] * bodies[j].mass * pull;
        bodies[j].velocity[k] += apart[k] * bodies[i].mass * pull;
      }
    }
  for (int i = 0; i < kBodies; ++i)
    for (int k = 0; k < 3; ++k) bodies[i].position[k] += dt * bodies[i].velocity[k];
}

int main(void) {
  for (int step = 0; step < kSteps; ++step) advance(0.001);
  double checksum = 0;
  for (int i = 0; i < kBodies; ++i)
    for (int k = 0; k < 3; ++k) checksum += bodies[i].position[k];
  printf("%.6f\n", checksum);
  return 0;
}
