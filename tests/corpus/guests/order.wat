;; Writes down the order of its entry points: each appends a digit to the exported number.
(module
  (global $order (export "order") (mut i32) (i32.const 0))
  (func $note (param i32)
    (global.set $order (i32.add (i32.mul (global.get $order) (i32.const 10)) (local.get 0))))
  (func $start (call $note (i32.const 1)))
  (start $start)
  (func (export "_initialize") (call $note (i32.const 2)))
  (func (export "_start") (call $note (i32.const 3)))
  (func (export "other") (param i32) (call $note (local.get 0))))
