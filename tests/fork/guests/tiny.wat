;; The smallest guest with something of everything: its snapshot is damaged byte by byte.
(module
  (memory 1)
  (global $total (export "total") (mut i64) (i64.const 0))
  (table 2 funcref)
  (elem (i32.const 0) func $add)
  (data (i32.const 16) "data")
  (type $adder (func (param i32) (result i64)))
  (func $add (type $adder) (param $n i32) (result i64)
    (i64.add (global.get $total) (i64.extend_i32_u (local.get $n))))
  (func (export "sum") (param $n i32) (result i64)
    (local $pad f64)
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $n)))
        (global.set $total
          (call_indirect (type $adder) (local.get $n) (i32.const 0)))
        (i64.store (i32.const 256) (global.get $total))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again)))
    (return (global.get $total))
    (nop)  ;; never reached: no frame may stand here
    (unreachable))
  (func $idle))
