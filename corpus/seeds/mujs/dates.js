var d = new Date(Date.UTC(2026, 10, 21, 12, 30, 45, 123)); print(d.toISOString(), d.getUTCDay(), d - new Date(0), Date.parse('2000-02-30'), new Date(NaN).getTime());
d.setUTCMonth(14); print(d.toUTCString(), JSON.stringify(d));
