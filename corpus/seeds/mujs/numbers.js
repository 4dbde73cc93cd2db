print((255).toString(16), (0.1 + 0.2).toFixed(10), (1e21).toPrecision(3), (123.456).toExponential(2), parseInt('0x1f'), parseFloat('3.5abc'));
print(Math.pow(2, 0.5), Math.max(), 1 / -0, 5 % -3, -1 >>> 28, ~7, 1 << 31, NaN === NaN, Number('  12 '));
