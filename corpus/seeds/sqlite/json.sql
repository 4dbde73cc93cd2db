SELECT json_extract('{"a":[1,2,{"b":null}]}', '$.a[2].b'), key, value FROM json_each('[3,4.5,"x"]');
