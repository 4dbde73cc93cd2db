var a = [3, 1, 2]; a[10] = 5; a.length = 4; a.push(9, 8); a.splice(1, 2, 'x', 'y', 'z'); a.sort(); a.unshift(a.shift());
print(a.concat([1, [2]]), a.reduce(function (p, c) { return p + c; }), a.filter(Boolean).every(isNaN), a.indexOf(9), [].pop());
