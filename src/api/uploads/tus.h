// The words of tus 1.0.0, the protocol of resumable uploads (tus.io/protocols/resumable-upload):
// its headers, read and checked. No I/O. Everything here throws Error malformed where a header is
// not what the protocol says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/checksum.h"
#include "base/error.h"
#include "http/request.h"
#include "http/response.h"

namespace cloudbrain::api::tus {

inline constexpr std::string_view kVersion = "1.0.0";
inline constexpr std::string_view kExtensions =
    "creation,creation-with-upload,termination,checksum,expiration,concatenation";
inline constexpr std::string_view kChecksums = "sha1,sha256";
inline constexpr std::string_view kAppendType = "application/offset+octet-stream";
// The largest file of ext4.
inline constexpr std::uint64_t kMaxSize = 16ULL << 40U;

// Codes of Errors that the protocol answers with a status of its own.
inline const std::vector<http::StatusOfCode> kStatuses{
    {"tus_version", 412}, {"upload_type", 415}, {"upload_checksum", 460}, {"upload_busy", 423}};

// Throws "tus_version" where the client speaks another version, or does not say which.
void need_version(const http::Request& request);
// Throws "upload_type" where the body is not announced as bytes to append.
void need_append_type(const http::Request& request);
// A creation that brings its first bytes along.
bool brings_bytes(const http::Request& request);

// Upload-Length. Throws also too_large "upload_too_large".
std::uint64_t length_of(const http::Request& request);
// Upload-Offset.
std::uint64_t offset_of(const http::Request& request);

// Upload-Metadata: names without spaces, each once, with any bytes as value, which are UTF-8 here.
class Metadata {
 public:
  explicit Metadata(std::string_view header);
  // "" where there is none of that name.
  const std::string& get(std::string_view name) const;

 private:
  using Pair = std::pair<std::string, std::string>;
  std::vector<Pair> values_;
};

// Upload-Concat: nothing, "partial", or "final;/files/a /files/b".
struct Concat {
  bool partial = false;
  std::vector<std::string> parts;  // ids of a final one's, in order
};
Concat concat_of(const http::Request& request, std::string_view uploads_path);

// Upload-Checksum: of one request's body.
struct ExpectedChecksum {
  ChecksumKind kind = ChecksumKind::sha1;
  std::string digest;  // raw bytes
};
std::optional<ExpectedChecksum> checksum_of(const http::Request& request);

Error checksum_differs();

}  // namespace cloudbrain::api::tus
