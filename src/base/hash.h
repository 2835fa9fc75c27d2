// SHA-256 and random bytes (OpenSSL).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cloudbrain {

// Hashes a stream as it passes by. Not copyable; one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const char> bytes);
  // Lower-case hex, 64 characters. The object may not be used afterwards.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256_hex(std::string_view bytes);
// `bytes` cryptographically random bytes as lower-case hex.
std::string random_hex(std::size_t bytes);
// Equal, in time that depends on the length alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

std::string base64_encode(std::string_view bytes);
// Empty string and false in `ok` for what is not base64 (RFC 4648 section 4).
std::string base64_decode(std::string_view text, bool& ok);

}  // namespace cloudbrain
