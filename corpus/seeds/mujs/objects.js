function A(x) { this.x = x; } A.prototype.get = function () { return this.x; };
function B() { A.apply(this, arguments); } B.prototype = Object.create(A.prototype);
var b = new B(5); Object.defineProperty(b, 'p', { get: function () { return 7; }, set: function (v) { }, enumerable: true, configurable: true });
print(b.get(), b.p, b instanceof A, Object.keys(b), Object.getOwnPropertyNames(b), delete b.x, 'x' in b);
Object.freeze(b); print(inventory.last().name, index['item 3'].price);
