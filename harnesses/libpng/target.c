// A PNG decoder as programs with untrusted images call it: from memory, within bounds, to 8-bit RGBA,
// errors by longjmp.
//
// LLVMFuzzerInitialize writes a picture of the program's own and reads it back, as a service does with
// its placeholder image. Each input is one file, which is decoded twice: to RGBA, and as it is.
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "png.h"

enum {
  kMostSide = 512,
  kMostChunkBytes = 1 << 20,
  kMostChunks = 100,
  kPlaceholderSide = 64,
  kMostBlockBytes = 8 << 20
};

struct source {
  const uint8_t* data;
  size_t left;
};

static void read_bytes(png_structp png, png_bytep out, size_t size) {
  struct source* source = png_get_io_ptr(png);
  if (size > source->left) png_error(png, "the file ends too early");
  memcpy(out, source->data, size);
  source->data += size;
  source->left -= size;
}

static void stay_silent(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void fail(png_structp png, png_const_charp message) {
  (void)message;
  longjmp(png_jmpbuf(png), 1);
}

// A limit that libpng keeps: its own for chunks only gives warnings, and a file of 300 bytes may name a
// chunk of 2 GiB, for which it would take memory and fill it with zeros.
static png_voidp allocate(png_structp png, png_alloc_size_t size) {
  (void)png;
  return size <= kMostBlockBytes ? malloc(size) : NULL;
}

static void give_back(png_structp png, png_voidp block) {
  (void)png;
  free(block);
}

static void to_rgba(png_structp png) {
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
}

static uint32_t sum_of(const uint8_t* bytes, size_t size) {
  uint32_t sum = 0;
  for (size_t i = 0; i < size; ++i) sum = sum * 31 + bytes[i];
  return sum;
}

// A checksum of all pixels, or 0 where the file is none or breaks off.
static uint32_t decode(const uint8_t* data, size_t size, int converts) {
  struct source source = {data, size};
  uint8_t* volatile pixels = NULL;
  png_infop info = NULL, end = NULL;
  volatile uint32_t sum = 0;
  png_structp png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, NULL, fail, stay_silent, NULL,
                                             allocate, give_back);
  if (!png) return 0;
  info = png_create_info_struct(png);
  end = png_create_info_struct(png);
  if (info && end && !setjmp(png_jmpbuf(png))) {
    png_set_read_fn(png, &source, read_bytes);
    png_set_user_limits(png, kMostSide, kMostSide);
    png_set_chunk_malloc_max(png, kMostChunkBytes);
    png_set_chunk_cache_max(png, kMostChunks);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_IF_SAFE, NULL, 0);
    png_read_info(png, info);
    if (converts) to_rgba(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t row_bytes = png_get_rowbytes(png, info);
    png_uint_32 height = png_get_image_height(png, info);
    pixels = calloc(height, row_bytes);
    if (!pixels) png_error(png, "out of memory");
    for (int pass = 0; pass < passes; ++pass)
      for (png_uint_32 y = 0; y < height; ++y) png_read_row(png, pixels + y * row_bytes, NULL);
    png_read_end(png, end);
    sum = sum_of(pixels, height * row_bytes);
  }
  png_destroy_read_struct(&png, &info, &end);
  free(pixels);
  return sum;
}

struct file {
  size_t size;
  uint8_t bytes[64 << 10];
};

static void write_bytes(png_structp png, png_bytep data, size_t size) {
  struct file* file = png_get_io_ptr(png);
  if (size > sizeof(file->bytes) - file->size) png_error(png, "the file gets too large");
  memcpy(file->bytes + file->size, data, size);
  file->size += size;
}

static void flush_nothing(png_structp png) { (void)png; }

// Rings in colour; 0 where it could not be written.
static int write_placeholder(struct file* file) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, stay_silent);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  volatile int is_written = 0;
  if (info && !setjmp(png_jmpbuf(png))) {
    png_set_write_fn(png, file, write_bytes, flush_nothing);
    png_set_IHDR(png, info, kPlaceholderSide, kPlaceholderSide, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_ADAM7, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; ++pass)
      for (int y = 0; y < kPlaceholderSide; ++y) {
        uint8_t row[kPlaceholderSide * 3];
        for (int x = 0; x < kPlaceholderSide; ++x) {
          int distance = (x - kPlaceholderSide / 2) * (x - kPlaceholderSide / 2) +
                         (y - kPlaceholderSide / 2) * (y - kPlaceholderSide / 2);
          for (int c = 0; c < 3; ++c) row[x * 3 + c] = (uint8_t)(distance >> (c + 2));
        }
        png_write_row(png, row);
      }
    png_write_end(png, info);
    is_written = 1;
  }
  png_destroy_write_struct(&png, &info);
  return is_written;
}

static struct file placeholder;
static uint32_t placeholder_sum;

int LLVMFuzzerInitialize(int* argc, char*** argv) {
  (void)argc;
  (void)argv;
  if (!write_placeholder(&placeholder)) abort();
  placeholder_sum = decode(placeholder.bytes, placeholder.size, 1);
  if (placeholder_sum == 0) abort();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  decode(data, size, 1);
  decode(data, size, 0);
  return 0;
}
