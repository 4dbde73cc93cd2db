outer: for (var i = 0; i < 3; ++i) { for (var j in { a: 1, b: 2 }) { if (i == 1) continue outer; if (i == 2) break outer; print(i, j); } }
switch (3) { case 1: print(1); default: print('d'); case 2: print(2); break; }
do { var x = 1; } while (false); with ({ y: 2 }) { }
