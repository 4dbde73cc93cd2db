;; A function whose name would drive a terminal if it were printed as it is.
(module (func (export "_start") (unreachable)) (func (export "ab\1b[31m\22c") nop))