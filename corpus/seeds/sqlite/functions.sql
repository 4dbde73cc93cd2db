SELECT printf('%08.3f|%s', 3.14159, quote(x'00ff')), substr('tine', -2), date('2000-02-29', '+1 year'), CAST('12abc' AS INTEGER);
