// Digests that a client names itself, as raw bytes. For content, which is named by its SHA-256, see
// hash.h.
#pragma once

#include <memory>
#include <span>
#include <string>

namespace cloudbrain {

enum class ChecksumKind { sha1, sha256 };

// Not copyable; one thread at a time.
class Checksum {
 public:
  explicit Checksum(ChecksumKind kind);
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void update(std::span<const char> bytes);
  // The raw digest: 20 or 32 bytes. The object may not be used afterwards.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace cloudbrain
