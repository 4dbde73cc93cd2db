try { null.x; } catch (e) { print(e instanceof TypeError, e.message); } finally { print('finally'); }
function f() { try { return 1; } finally { throw new RangeError('r'); } }
try { f(); } catch (e) { print(e); }
