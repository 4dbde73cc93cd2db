;; A fuzz target of another type than libFuzzer's.
(module
  (memory (export "memory") 1)
  (func (export "LLVMFuzzerTestOneInput") (param i64) (result i32) (i32.const 0)))
