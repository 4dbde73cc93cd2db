// hash-wasm: digests of "abc" as the standards give them, of a megabyte too.
#include <fmt/format.h>

#include <optional>

#include "third_party/guest.h"

namespace tine {
namespace {

using test::Guest;

struct HashCase {
  const char* module;
  std::optional<uint32_t> init;  // bits of the digest, a seed, …
  std::optional<uint32_t> final_arg;
  uint32_t digest_bytes;
  const char* digest_of_abc;
};

const HashCase kCases[] = {
    {"md4", {}, {}, 16, "a448017aaf21d8525fc10ae87aa6729d"},
    {"md5", {}, {}, 16, "900150983cd24fb0d6963f7d28e17f72"},
    {"sha1", {}, {}, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"sha256", 256, {}, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"sha512",
     512,
     {},
     64,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"sha3", 256, 6, 32, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
    {"ripemd160", {}, {}, 20, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
    {"sm3", {}, {}, 32, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    {"crc32", 0xedb88320, {}, 4, "352441c2"},
    {"adler32", {}, {}, 4, "024d0127"},
    {"xxhash32", 0, {}, 4, "32d153ff"},
    {"blake2b",
     512,
     {},
     64,
     "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
     "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"},
    {"blake2s", 256, {}, 32, "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"},
};

std::vector<uint32_t> args_of(const std::optional<uint32_t>& arg) {
  return arg ? std::vector{*arg} : std::vector<uint32_t>();
}

/// The digest of `text`, taken in pieces.
std::string digest(Guest& hash, const HashCase& c, std::string_view text, size_t piece) {
  const uint32_t buffer = hash.call("Hash_GetBuffer");
  hash.call("Hash_Init", args_of(c.init));
  for (size_t at = 0; at < text.size(); at += piece) {
    const std::string_view part = text.substr(at, piece);
    hash.write(buffer, part);
    hash.call("Hash_Update", {static_cast<uint32_t>(part.size())});
  }
  hash.call("Hash_Final", args_of(c.final_arg));
  std::string hex;
  for (const char byte : hash.read(buffer, c.digest_bytes))
    hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

TEST(HashWasm, DigestsAreThoseOfTheStandards) {
  TINE_SKIP_WITHOUT("hash-md5");
  for (const CodeKind kind : test::kKinds) {
    for (const HashCase& c : kCases) {
      Guest hash(std::string("hash-") + c.module, kind);
      EXPECT_EQ(digest(hash, c, "abc", 3), c.digest_of_abc) << c.module;
      EXPECT_EQ(digest(hash, c, "abc", 1), c.digest_of_abc) << c.module << ", byte by byte";
    }
  }
}

TEST(HashWasm, DigestsOfAMillionBytesAreThoseOfTheStandards) {
  TINE_SKIP_WITHOUT("hash-md5");
  const std::string text(1'000'000, 'a');
  const HashCase sha256{"sha256", 256, {}, 32, ""};
  Guest first("hash-sha256", CodeKind::kPlain);
  EXPECT_EQ(digest(first, sha256, text, 16384),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  const HashCase sha1{"sha1", {}, {}, 20, ""};
  Guest second("hash-sha1", CodeKind::kPlain);
  EXPECT_EQ(digest(second, sha1, text, 1000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

}  // namespace
}  // namespace tine
