// An interpreter within the interpreter: a register machine with a switch looks for the longest
// Collatz sequence, which is all dispatch, small numbers and branches that are hard to predict.
#include <stdint.h>
#include <stdio.h>

typedef enum { kSet, kMove, kAdd, kMul3, kHalve, kIfOdd, kIfEqual, kIfLess, kJump, kStop } Op;
typedef struct {
  uint8_t op, a, b;
  int32_t value;  // a constant, or where to go
} Instr;

enum { kNumber, kRest, kLength, kBest, kBestNumber, kOne, kLimit, kRegisters };
static const Instr program[] = {
    {kSet, kOne, 0, 1},                // 0
    {kSet, kLimit, 0, 30000},          // 1
    {kSet, kNumber, 0, 1},             // 2
    {kMove, kRest, kNumber, 0},        // 3: next number
    {kSet, kLength, 0, 1},             // 4
    {kIfEqual, kRest, kOne, 12},       // 5: step
    {kAdd, kLength, kOne, 0},          // 6
    {kIfOdd, kRest, 0, 10},            // 7
    {kHalve, kRest, 0, 0},             // 8
    {kJump, 0, 0, 5},                  // 9
    {kMul3, kRest, 0, 0},              // 10: 3n + 1
    {kJump, 0, 0, 5},                  // 11
    {kIfLess, kBest, kLength, 14},     // 12: ended
    {kJump, 0, 0, 16},                 // 13
    {kMove, kBest, kLength, 0},        // 14: a longer one
    {kMove, kBestNumber, kNumber, 0},  // 15
    {kAdd, kNumber, kOne, 0},          // 16
    {kIfLess, kNumber, kLimit, 3},     // 17
    {kStop, 0, 0, 0},                  // 18
};

int main(void) {
  uint64_t registers[kRegisters] = {0};
  uint64_t steps = 0;
  for (const Instr* in = program;; ++steps) {
    uint64_t* a = &registers[in->a];
    const uint64_t b = registers[in->b];
    const int32_t value = in->value;
    switch ((Op)in++->op) {
      case kSet: *a = (uint64_t)value; break;
      case kMove: *a = b; break;
      case kAdd: *a += b; break;
      case kMul3: *a = *a * 3 + 1; break;
      case kHalve: *a /= 2; break;
      case kIfOdd: in = *a & 1 ? program + value : in; break;
      case kIfEqual: in = *a == b ? program + value : in; break;
      case kIfLess: in = *a < b ? program + value : in; break;
      case kJump: in = program + value; break;
      case kStop:
        printf("%llu has %llu steps; %llu instructions\n",
               (unsigned long long)registers[kBestNumber], (unsigned long long)registers[kBest],
               (unsigned long long)steps);
        return 0;
    }
  }
}
