// undici's llhttp: an HTTP parser that calls its host back eight ways.
#include <fmt/format.h>

#include "third_party/guest.h"

namespace tine {
namespace {

using test::Guest;

enum ParserType : uint32_t { kRequest = 1, kResponse = 2 };
using Events = std::vector<std::string>;

/// The eight imports; each call becomes a line: its name, and the text or the numbers that it got.
std::vector<HostFunction> callbacks(Events& events) {
  constexpr ValType kI32 = ValType::kI32;
  std::vector<HostFunction> functions;
  const auto add = [&](const std::string& name, size_t params, auto describe) {
    functions.push_back({"env",
                         "wasm_on_" + name,
                         {std::vector<ValType>(params, kI32), {kI32}},
                         [&events, name, describe](HostCall& call) {
                           events.push_back(name + describe(call));
                           call.set_result_u32(0, 0);
                           return HostAction::done();
                         }});
  };
  for (const char* name : {"message_begin", "message_complete"})
    add(name, 1, [](HostCall&) { return std::string(); });
  for (const char* name : {"url", "status", "header_field", "header_value", "body"})
    add(name, 3, [](HostCall& call) {
      const char* text = reinterpret_cast<const char*>(call.memory()->base()) + call.arg_u32(1);
      return ": " + std::string(text, call.arg_u32(2));
    });
  add("headers_complete", 4, [](HostCall& call) {
    return fmt::format(": status {}, upgrade {}, keep-alive {}", call.arg_u32(1), call.arg_u32(2),
                       call.arg_u32(3));
  });
  return functions;
}

/// What a parser says of a text, which it gets in pieces; `error` is its errno.
Events parse(const std::string& module, CodeKind kind, ParserType type, std::string_view text,
             size_t piece, uint32_t& error) {
  Events events;
  const std::vector<HostFunction> functions = callbacks(events);
  Guest guest(module, kind, functions);
  guest.call("_initialize");
  const uint32_t parser = guest.call("llhttp_alloc", {type});
  const uint32_t buffer = guest.call("malloc", {static_cast<uint32_t>(text.size())});
  for (size_t at = 0; at < text.size() && error == 0; at += piece) {
    const std::string_view part = text.substr(at, piece);
    guest.write(buffer, part);
    error = guest.call("llhttp_execute", {parser, buffer, static_cast<uint32_t>(part.size())});
  }
  return events;
}

constexpr std::string_view kPost =
    "POST /path?q=1 HTTP/1.1\r\nHost: example\r\nContent-Length: 5\r\n\r\nhello";
const Events kPostEvents = {"message_begin",
                            "url: /path?q=1",
                            "header_field: Host",
                            "header_value: example",
                            "header_field: Content-Length",
                            "header_value: 5",
                            "headers_complete: status 0, upgrade 0, keep-alive 1",
                            "body: hello",
                            "message_complete"};

constexpr std::string_view kAnswer =
    "HTTP/1.1 404 Not Found\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
const Events kAnswerEvents = {"message_begin",
                              "status: Not Found",
                              "header_field: Connection",
                              "header_value: close",
                              "header_field: Transfer-Encoding",
                              "header_value: chunked",
                              "headers_complete: status 404, upgrade 0, keep-alive 0",
                              "body: abc",
                              "body: de",
                              "message_complete"};

/// Pieces of a text come as several events of one name; together they are what was sent.
Events joined(const Events& events) {
  Events out;
  std::string last;
  for (const std::string& event : events) {
    const std::string name = event.substr(0, event.find(": "));
    const bool goes_on = name == last && event.size() > name.size() && name != "headers_complete";
    if (goes_on)
      out.back() += event.substr(name.size() + 2);
    else
      out.push_back(event);
    last = name;
  }
  return out;
}

TEST(Llhttp, TellsItsHostWhatItReads) {
  TINE_SKIP_WITHOUT("llhttp");
  for (const CodeKind kind : test::kKinds) {
    for (const char* module : {"llhttp", "llhttp_simd"}) {
      uint32_t error = 0;
      EXPECT_EQ(parse(module, kind, kRequest, kPost, kPost.size(), error), kPostEvents) << module;
      EXPECT_EQ(error, 0u);
      EXPECT_EQ(parse(module, kind, kResponse, kAnswer, kAnswer.size(), error), kAnswerEvents)
          << module;
      EXPECT_EQ(error, 0u);
    }
  }
}

TEST(Llhttp, TellsTheSameByteByByte) {
  TINE_SKIP_WITHOUT("llhttp");
  uint32_t error = 0;
  EXPECT_EQ(joined(parse("llhttp", CodeKind::kPlain, kRequest, kPost, 1, error)), kPostEvents);
  EXPECT_EQ(error, 0u);
}

TEST(Llhttp, RefusesWhatIsNoHttp) {
  TINE_SKIP_WITHOUT("llhttp");
  uint32_t error = 0;
  static_cast<void>(
      parse("llhttp", CodeKind::kPlain, kRequest, "GET\x01 / HTTP/1.1\r\n", 99, error));
  EXPECT_NE(error, 0u);
}

}  // namespace
}  // namespace tine
