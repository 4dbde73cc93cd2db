#!/usr/bin/env python3
"""Writes corpus/seeds/libpng: tiny valid PNG files, one for each way to store pixels and for groups of chunks.

    python3 tools/make_png_seeds.py [FOLDER]

Everything is written here, from the format's own description, so that the seeds say what they are made of.
"""
import pathlib
import struct
import sys
import zlib

SIDE = 9  # no multiple of 8: Adam7 passes and bit depths below 8 have ragged ends
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def sample(x, y, channel, depth):
    value = (x * 37 + y * 11 + channel * 90) & 0xFFFF
    return value & ((1 << depth) - 1)


def row(y, xs, color, depth, filter_kind):
    """One line of pixels: filters other than none and sub are only named, any bytes are legal."""
    bits = "".join(f"{sample(x, y, c, depth) % 4 if color == PALETTE else sample(x, y, c, depth):0{depth}b}"
                   for x in xs for c in range(CHANNELS[color]))
    bits += "0" * (-len(bits) % 8)
    return bytes([filter_kind]) + bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def pixels(color, depth, interlaced):
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    data = b""
    for x0, y0, dx, dy in passes:
        xs = range(x0, SIDE, dx)
        if xs:
            for y in range(y0, SIDE, dy):
                data += row(y, xs, color, depth, y % 5)
    return zlib.compress(data, 9)


def png(color, depth, interlaced=False, before=b"", after=b"", parts=1):
    header = struct.pack(">IIBBBBB", SIDE, SIDE, depth, color, 0, 0, int(interlaced))
    data = pixels(color, depth, interlaced)
    size = -(-len(data) // parts)
    images = b"".join(chunk(b"IDAT", data[i:i + size]) for i in range(0, len(data), size))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + images + after + chunk(b"IEND", b"")


def seeds():
    palette = chunk(b"PLTE", bytes(range(12)))
    profile = b"p\0\0" + zlib.compress(b"\0" * 132)
    colours = (chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"cHRM", struct.pack(">8I", *range(30000, 38000, 1000)))
               + chunk(b"sBIT", b"\5\6\5"))
    facts = (chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)) + chunk(b"tIME", struct.pack(">HBBBBB", 2026, 11, 21, 12, 0, 0))
             + chunk(b"oFFs", struct.pack(">iiB", -1, 2, 0)) + chunk(b"sCAL", b"\x011.5\x002e-3")
             + chunk(b"pCAL", b"x\0" + struct.pack(">iiBB", 0, 9, 0, 2) + b"u\0001.0\0002.0") + chunk(b"eXIf", b"MM\0*\0\0\0\x08"))
    texts = (chunk(b"tEXt", b"Title\0seed") + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"text " * 9))
             + chunk(b"iTXt", b"Author\0\1\0en\0\0" + zlib.compress("é".encode())))
    suggested = chunk(b"sPLT", b"few\0\x08" + bytes([1, 2, 3, 4, 0, 5]))
    return {
        "grey1": png(GREY, 1), "grey2": png(GREY, 2), "grey4": png(GREY, 4, True), "grey16": png(GREY, 16),
        "grey8_key": png(GREY, 8, before=chunk(b"tRNS", b"\0\x25") + chunk(b"bKGD", b"\0\1")),
        "rgb8": png(RGB, 8, before=colours), "rgb16": png(RGB, 16, True, before=chunk(b"tRNS", bytes(6))),
        "palette1": png(PALETTE, 1, before=palette), "palette4": png(PALETTE, 4, True, before=palette),
        "palette8": png(PALETTE, 8, before=palette + chunk(b"tRNS", b"\x80\0") + chunk(b"hIST", bytes(8))),
        "grey_alpha8": png(GREY_ALPHA, 8, True), "rgba8": png(RGBA, 8, before=suggested, parts=3),
        "rgba16": png(RGBA, 16, True, before=chunk(b"sRGB", b"\0")),
        "profile": png(RGB, 8, before=chunk(b"iCCP", profile)),
        "huge_chunk": png(GREY, 8, before=struct.pack(">I", 0x7A545874) + b"sCAL\1"),  # libpng asks for that much
        "facts": png(GREY, 8, before=facts), "texts": png(GREY, 8, before=texts, after=texts),
    }


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "corpus/seeds/libpng")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (folder / f"{name}.png").write_bytes(data)


if __name__ == "__main__":
    main()
