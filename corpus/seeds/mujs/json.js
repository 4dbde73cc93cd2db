var o = JSON.parse('{"a":[1,2.5e3,null,true,"\\u00e9\\n"],"b":{"c":{}}}', function (k, v) { return v; });
print(JSON.stringify(o, null, 2), JSON.stringify([undefined, function () {}]), JSON.stringify({ toJSON: function () { return 1; } }));
