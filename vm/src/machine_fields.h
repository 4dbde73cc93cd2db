// Expands TINE_MACHINE_FIELD(type, name, meaning) for each field of MachineState, in table order.
// No include guard: define the macro, include, and it is gone again.
#define TINE_STRUCT(Name)
#define TINE_FIELD(type, name, meaning)
#define TINE_STRUCT_END(Name)
#include "tine/machine_state.def"
