#!/usr/bin/env python3
"""Writes corpus/seeds/stb_image: one tiny valid image of each format that stb_image reads.

The files are checked in; this script is how they were made, and how to make more of them. Each
encoder is the shortest one that a strict reader accepts: no compression where the format has a
stored form, one Huffman code where it needs one.
"""
import pathlib
import struct
import sys
import zlib

WIDTH, HEIGHT = 4, 3
PIXELS = [((x * 60) & 255, (y * 90) & 255, (x * y * 20) & 255)
          for y in range(HEIGHT) for x in range(WIDTH)]
RGB = bytes(channel for pixel in PIXELS for channel in pixel)


def bmp():
    row_padding = -WIDTH * 3 % 4
    rows = [b"".join(bytes(reversed(pixel)) for pixel in PIXELS[y * WIDTH:(y + 1) * WIDTH])
            for y in reversed(range(HEIGHT))]
    body = b"".join(row + bytes(row_padding) for row in rows)
    header = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 24, 0, len(body), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + header + body


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + RGB[y * WIDTH * 3:(y + 1) * WIDTH * 3] for y in range(HEIGHT))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def gif():
    """Two grey levels, LZW with a clear code before every pixel, so that codes stay 3 bits wide."""
    bits, count = 0, 0
    for code in [code for index in range(WIDTH * HEIGHT) for code in (4, index & 1)] + [5]:
        bits |= code << count
        count += 3
    data = bits.to_bytes((count + 7) // 8, "little")
    palette = bytes([0, 0, 0, 255, 255, 255, 128, 128, 128, 64, 64, 64])
    return (b"GIF89a" + struct.pack("<HHBBB", WIDTH, HEIGHT, 0x81, 0, 0) + palette
            + b"," + struct.pack("<HHHHB", 0, 0, WIDTH, HEIGHT, 0)
            + bytes([2, len(data)]) + data + b"\0;")


def jpeg():
    """One 8x8 grey block: two Huffman tables of one code each, DC difference 0, end of block."""
    def segment(marker, data):
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data
    one_code = bytes([1] + [0] * 15) + b"\0"
    return (b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + segment(0xDB, b"\0" + b"\x10" * 64)
            + segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + b"\1\x11\0")
            + segment(0xC4, b"\x00" + one_code) + segment(0xC4, b"\x10" + one_code)
            + segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x3f" + b"\xff\xd9")


def tga():
    return struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, WIDTH, HEIGHT, 24, 0) + RGB


def ppm():
    return b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT) + RGB


def hdr():
    pixels = b"".join(bytes(pixel) + b"\x80" for pixel in PIXELS)
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n" % (HEIGHT, WIDTH) + pixels


def psd():
    planes = b"".join(RGB[channel::3] for channel in range(3))
    return (b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, HEIGHT, WIDTH, 8, 3)
            + struct.pack(">IIIH", 0, 0, 0, 0) + planes)


def pic():
    channel = struct.pack("BBBB", 0, 8, 0, 0xE0)
    return (b"\x53\x80\xf6\x34" + bytes(84) + b"PICT"
            + struct.pack(">HHfHH", WIDTH, HEIGHT, 1.0, 3, 0) + channel + RGB)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "corpus/seeds/stb_image")
    folder.mkdir(parents=True, exist_ok=True)
    for encode in (bmp, png, gif, jpeg, tga, ppm, hdr, psd, pic):
        (folder / f"tiny.{encode.__name__}").write_bytes(encode())


if __name__ == "__main__":
    main()
