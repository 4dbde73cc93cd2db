print(7 // 2, -7 % 3, 2 ^ 0.5, 1 << 62, ~5, 0x7fffffffffffffff + 1, 1e308 * 10, 3 | 4, "10" + 1, 0x.8p1)
print(math.tointeger(3.0), math.type(1), math.ult(1, -1), string.format("%q %5.2f %x", 1 / 3, 2.5, 255))
