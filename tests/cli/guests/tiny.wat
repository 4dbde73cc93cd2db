;; A module with one of everything that `tine inspect` shows.
(module $tiny
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2 4)
  (table 3 funcref)
  (global $counter (mut i32) (i32.const 41))
  (global f64 (f64.const 1.5))
  (elem (i32.const 1) $add)
  (data (i32.const 16) "hello")
  (func $add (export "add") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.add)
  (func $half (export "half") (param f64) (result f64)
    local.get 0
    f64.const 0.5
    f64.mul)
  (func $work (param $times i64) (local $x f32)
    i32.const 70000
    i32.const 7
    i32.store
    (local.set $x (f32.const 2.5))
    (block (br_if 0 (i64.eqz (local.get $times))))
    call $last)
  (func $last (global.set $counter (i32.const 42)))
  (func (export "_start")
    i64.const 9
    call $work))
