;; Between $before and $after three pages of 4 KiB change: two get contents, one becomes zeros.
(module $changes
  (memory (export "memory") 1)
  (data (i32.const 4096) "gone")
  (data (i32.const 8192) "stays")
  (func $before)
  (func $after)
  (func (export "_start")
    call $before
    (i32.store (i32.const 12288) (i32.const 1))
    (i32.store (i32.const 16384) (i32.const 1))
    (i32.store (i32.const 4096) (i32.const 0))
    call $after))
