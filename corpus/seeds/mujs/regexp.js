print('2026-11-21'.replace(/(\d+)-(\d+)-(\d+)/, '$3.$2.$1'), /(a+)+b/.exec('aaab'), 'a1b2'.split(/\d/), /^(?!x)\w+?\b/im.test('Abc'));
print('abc'.replace(/b/g, function (m, at, s) { return m + at + s; }), /[^\u0000-\u007f]/.test('é'), 'aBc'.match(/[a-z]/gi));
