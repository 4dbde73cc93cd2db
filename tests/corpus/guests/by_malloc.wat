;; A fuzz target with a malloc that gives 1000 once, for any size but 13. Its second input in one
;; life, a size that was not asked for, or another address trap.
(module
  (memory (export "memory") 1)
  (global $asked (mut i32) (i32.const -1))
  (func (export "malloc") (param $size i32) (result i32)
    (if (i32.ne (global.get $asked) (i32.const -1)) (then unreachable))
    (global.set $asked (local.get $size))
    (select (i32.const 0) (i32.const 1000) (i32.eq (local.get $size) (i32.const 13))))
  (func (export "LLVMFuzzerTestOneInput") (param $data i32) (param $size i32) (result i32)
    (if (i32.ne (local.get $size) (global.get $asked)) (then unreachable))
    (if (i32.ne (local.get $data) (i32.const 1000)) (then unreachable))
    (if (i32.eq (i32.load8_u (local.get $data)) (i32.const 76)) (then (loop $l (br $l))))
    (i32.const 0)))
