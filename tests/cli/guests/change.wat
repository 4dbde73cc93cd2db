;; A program that changes one of everything that `tine diff` shows. $mark is entered before each
;; change: func=mark#1 is the state at the start, #2 after the first change, and so on.
(module $change
  (memory (export "memory") 1 4)
  (table 4 funcref)
  (elem (i32.const 0) $mark)
  (elem declare func $_start)
  (global $steps (mut i32) (i32.const 7))
  (global (export "co\1bunter") i32 (i32.const 1032))
  (data $.data (i32.const 1024) "\01\02\03\04\05\06\07\08\09\0a\0b\0c")
  (data (i32.const 4096) "no name")
  (func $mark (param $n i32))
  (func $late)
  (func $_start (export "_start")
    (call $mark (i32.const 1))
    ;; #2: a global and a table element
    (global.set $steps (i32.const 8))
    (table.set 0 (i32.const 2) (ref.func $_start))
    (call $mark (i32.const 2))
    ;; #3: memory with every kind of name and with none
    (i32.store8 (i32.const 1025) (i32.const 0xee))
    (i32.store (i32.const 1032) (i32.const 0x41424344))
    (i32.store8 (i32.const 4098) (i32.const 0xff))
    (i64.store (i32.const 20000) (i64.const -1))
    (i32.store8 (i32.const 20016) (i32.const 1))
    (call $mark (i32.const 3))
    ;; #4: more memory
    (drop (memory.grow (i32.const 1)))
    (i32.store8 (i32.const 70000) (i32.const 0x61))
    (call $mark (i32.const 4))
    ;; behind an exported constant in the same segment
    (i32.store8 (i32.const 1034) (i32.const 0))
    (call $late)))
