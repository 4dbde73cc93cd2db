;; A fuzz target without malloc. Traps unless its input ends where memory ends, behind the text that
;; the module keeps in its last page; then reads all of it. An input that begins with X traps too.
(module
  (memory (export "memory") 1 3)
  (data (i32.const 65532) "keep")
  (func (export "LLVMFuzzerTestOneInput") (param $data i32) (param $size i32) (result i32)
    (if (i32.ne (i32.load (i32.const 65532)) (i32.const 0x7065656b)) (then unreachable))
    (if (i32.ne (i32.add (local.get $data) (local.get $size))
                (i32.mul (memory.size) (i32.const 65536)))
      (then unreachable))
    (if (local.get $size)
      (then (if (i32.eq (i32.load8_u (local.get $data)) (i32.const 88)) (then unreachable))))
    (i32.const 0)))
