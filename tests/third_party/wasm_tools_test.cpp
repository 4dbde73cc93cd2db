// jco's wasm-tools: 2.2 MB of Rust that reads and prints WebAssembly, over WASI. Its functions take
// strings and lists as the component model's canonical ABI passes them: address and size; the result
// stands in memory, as a tag, an address and a size.
#include "third_party/guest.h"

namespace tine {
namespace {

using test::Guest;

constexpr const char* kParse = "local:wasm-tools/tools#parse";
constexpr const char* kPrint = "local:wasm-tools/tools#print";
constexpr std::string_view kText =
    "(module (func (export \"twice\") (param i32) (result i32) "
    "(i32.mul (local.get 0) (i32.const 2))))";

struct Answer {
  bool is_error = false;
  std::string bytes;
};

Answer call(Guest& tools, const std::string& name, std::string_view argument) {
  const auto size = static_cast<uint32_t>(argument.size());
  const uint32_t at = tools.call("cabi_realloc", {0, 0, 1, size});
  tools.write(at, argument);
  const uint32_t result = tools.call(name, {at, size});
  Answer answer;
  answer.is_error = tools.read(result, 1) != std::string(1, '\0');
  answer.bytes = tools.read(tools.read_u32(result + 4), tools.read_u32(result + 8));
  tools.call("cabi_post_" + name, {result});
  return answer;
}

TEST(WasmTools, ReadsTextAndPrintsIt) {
  TINE_SKIP_WITHOUT("wasm-tools");
  Guest tools("wasm-tools", CodeKind::kPlain);
  const Answer binary = call(tools, kParse, kText);
  ASSERT_FALSE(binary.is_error) << binary.bytes;
  auto module = Module::create({binary.bytes.begin(), binary.bytes.end()});
  ASSERT_TRUE(module) << module.error().to_line("parsed");
  const auto machine = Machine::create({});
  ASSERT_TRUE(machine->instantiate(*module, {}));
  machine->push_call(machine->find_export(0, "twice")->address, std::vector{Value::i32(21)});
  ASSERT_TRUE(machine->run().returned());
  EXPECT_EQ(machine->results()[0], Value::i32(42));

  const Answer text = call(tools, kPrint, binary.bytes);
  ASSERT_FALSE(text.is_error) << text.bytes;
  EXPECT_NE(text.bytes.find("(export \"twice\" (func 0))"), std::string::npos) << text.bytes;
  EXPECT_NE(text.bytes.find("i32.const 2\n"), std::string::npos) << text.bytes;
  EXPECT_EQ(call(tools, kParse, text.bytes).bytes, binary.bytes);
}

TEST(WasmTools, SaysWhatIsWrongWithAText) {
  TINE_SKIP_WITHOUT("wasm-tools");
  Guest tools("wasm-tools", CodeKind::kPlain);
  const Answer refused = call(tools, kParse, "(module (func (i32.frobnicate)))");
  EXPECT_TRUE(refused.is_error);
  EXPECT_NE(refused.bytes.find("unknown operator"), std::string::npos) << refused.bytes;
}

}  // namespace
}  // namespace tine
