;; What the loader's fuzz target makes its seeds from: small files with something of everything. The
;; memory is empty at first, and has a page when `main` runs.
(module
  (memory 0 2)
  (global $total (mut i64) (i64.const 0))
  (global $handle (mut externref) (ref.null extern))
  (table 3 8 funcref)
  (elem (i32.const 0) func $add)
  (elem $spare func $add $main)
  (data $bytes "data")
  (type $adder (func (param i32) (result i64)))
  (func $add (type $adder) (param $n i32) (result i64)
    (i64.add (global.get $total) (i64.extend_i32_u (local.get $n))))
  (func $main (export "main") (param $n i32) (result i64)
    (local $pad f64)
    (drop (memory.grow (i32.const 1)))
    (memory.init $bytes (i32.const 5000) (i32.const 0) (i32.const 4))
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $n)))
        (global.set $total (call_indirect (type $adder) (local.get $n) (i32.const 0)))
        (i64.store (i32.const 256) (global.get $total))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again)))
    (global.get $total)))
