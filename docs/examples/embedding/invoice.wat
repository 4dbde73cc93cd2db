;; What some pieces cost, with 2 for the postage. The price is the host's business.
(module $invoice
  (import "shop" "price" (func $price (param i32) (result i32)))
  (func (export "total") (param $pieces i32) (result i32)
    local.get $pieces
    (call $price (local.get $pieces))
    i32.mul
    i32.const 2
    i32.add))
