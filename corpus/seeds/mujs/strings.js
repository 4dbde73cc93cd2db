var s = 'Hello, \u4e16\u754c'; print(s.length, s.charCodeAt(7), s.slice(-2), s.substring(3, 1), s.indexOf('l', 3), s.lastIndexOf('l'));
print(s.toUpperCase(), s.split('').reverse().join(''), s.localeCompare('x'), encodeURIComponent(s), decodeURI('%41'));
