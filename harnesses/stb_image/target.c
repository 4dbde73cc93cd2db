// A thumbnail service in small, around stb_image 2.27: at start it prepares a watermark and a gamma
// table, as such services do; each input is an image file, which it decodes and stamps.
//
// The work at start is worth a snapshot: LLVMFuzzerInitialize runs about as long as hundreds of
// inputs. The images themselves are untrusted, and stb_image 2.27 has known bugs (README.md).
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Bounds of the service, not of the decoder: no image that the tests need is larger.
#define STBI_MAX_DIMENSIONS 256
#define STBI_NO_STDIO
#define STBI_NO_FAILURE_STRINGS
#define STB_IMAGE_IMPLEMENTATION
#include "stb_image.h"

enum { kMarkSide = 64, kChannels = 4, kLevels = 256 };

static uint8_t watermark[kMarkSide][kMarkSide];  // opacity, 0..255
static uint8_t brighter[kLevels];                // a gamma curve of 2.2

// Opacity of the watermark at a point of the unit square: rings that fade towards the edge.
static double ring(double x, double y) {
  double radius = sqrt((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5));
  double fade = radius < 0.5 ? 1.0 - 2.0 * radius : 0.0;
  return fade * (0.5 + 0.5 * cos(radius * 40.0));
}

static void prepare(void) {
  for (int level = 0; level < kLevels; ++level)
    brighter[level] = (uint8_t)(255.0 * pow(level / 255.0, 1.0 / 2.2) + 0.5);
  for (int y = 0; y < kMarkSide; ++y)
    for (int x = 0; x < kMarkSide; ++x)
      watermark[y][x] = (uint8_t)(255.0 * ring((double)x / kMarkSide, (double)y / kMarkSide));
}

static void stamp(uint8_t* pixels, int width, int height) {
  for (int y = 0; y < height && y < kMarkSide; ++y)
    for (int x = 0; x < width && x < kMarkSide; ++x) {
      uint8_t* pixel = pixels + ((size_t)y * width + x) * kChannels;
      unsigned opacity = watermark[y][x];
      for (int channel = 0; channel < 3; ++channel)
        pixel[channel] =
            (uint8_t)((brighter[pixel[channel]] * opacity + pixel[channel] * (255 - opacity)) /
                      255);
    }
}

int LLVMFuzzerInitialize(int* argc, char*** argv) {
  prepare();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  int width = 0, height = 0, channels = 0;
  uint8_t* pixels = stbi_load_from_memory(data, (int)size, &width, &height, &channels, kChannels);
  if (!pixels) return 0;
  stamp(pixels, width, height);
  stbi_image_free(pixels);
  return 0;
}
