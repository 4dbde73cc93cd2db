var counters = [1, 2, 3].map(function (n) { return function () { return n += 1; }; });
counters.forEach(function (c) { print(c(), c()); });
