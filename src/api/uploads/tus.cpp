#include "api/uploads/tus.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/json.h"

namespace cloudbrain::api::tus {

namespace {

constexpr std::size_t kMostParts = 200;

Error malformed(std::string_view header, std::string_view value, const Text& right) {
  const std::string shown(first_characters(value, 80));
  return Error(ErrorKind::malformed, "tus_header",
               {fmt::format("{}: \"{}\" is not {}.", header, shown, right.en),
                fmt::format("{}：“{}”不是{}。", header, shown, right.zh)});
}

std::string_view value_of(const http::Request& request, std::string_view header) {
  return request.header(header).value_or("");
}

// Digits alone: no sign, no space, nothing that overflows.
std::uint64_t number_of(const http::Request& request, std::string_view header) {
  const std::string_view text = value_of(request, header);
  std::uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.begin(), text.end(), number);
  if (error == std::errc{} && stopped == text.end()) return number;
  throw malformed(header, text, {"a number of bytes", "字节数"});
}

std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view front = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return front;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::string> decoded(std::string_view base64) {
  bool ok = false;
  std::string bytes = base64_decode(base64, ok);
  return ok ? std::optional(std::move(bytes)) : std::nullopt;
}

// A part's address, absolute or not, as a client got it in Location.
std::string part_id(std::string_view url, std::string_view uploads_path) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    const std::size_t path = url.find('/', scheme + 3);
    url = path == std::string_view::npos ? std::string_view{} : url.substr(path);
  }
  if (url.starts_with(uploads_path) && url.substr(uploads_path.size()).starts_with('/')) {
    return std::string(url.substr(uploads_path.size() + 1));
  }
  throw malformed("Upload-Concat", url, {"the address of an upload here", "本服务的上传地址"});
}

}  // namespace

void need_version(const http::Request& request) {
  if (value_of(request, "Tus-Resumable") == kVersion) return;
  throw Error(ErrorKind::conflict, "tus_version",
              {fmt::format("Tus-Resumable: \"{}\"; only {} is spoken here.",
                           first_characters(value_of(request, "Tus-Resumable"), 80), kVersion),
               fmt::format("Tus-Resumable：“{}”；此处仅支持 {}。",
                           first_characters(value_of(request, "Tus-Resumable"), 80), kVersion)});
}

bool brings_bytes(const http::Request& request) {
  return value_of(request, "Content-Type") == kAppendType;
}

void need_append_type(const http::Request& request) {
  if (brings_bytes(request)) return;
  throw Error(ErrorKind::malformed, "upload_type",
              {fmt::format("The bytes of an upload are sent as {}.", kAppendType),
               fmt::format("上传内容的 Content-Type 必须为 {}。", kAppendType)});
}

std::uint64_t length_of(const http::Request& request) {
  const std::uint64_t length = number_of(request, "Upload-Length");
  if (length <= kMaxSize) return length;
  throw Error(
      ErrorKind::too_large, "upload_too_large",
      {fmt::format("{} bytes are more than the {} that one upload may have.", length, kMaxSize),
       fmt::format("{} 字节超过单个上传的上限 {} 字节。", length, kMaxSize)});
}

std::uint64_t offset_of(const http::Request& request) {
  return number_of(request, "Upload-Offset");
}

Metadata::Metadata(std::string_view header) {
  std::string_view rest = header;
  while (!rest.empty()) {
    std::string_view value = trimmed(take_until(rest, ','));
    const std::string_view name = take_until(value, ' ');
    const std::optional<std::string> bytes = decoded(value);
    const bool known = std::ranges::find(values_, name, &Pair::first) != values_.end();
    if (name.empty() || !bytes || known || !is_utf8(*bytes) ||
        bytes->find('\0') != std::string::npos) {
      throw malformed("Upload-Metadata", header,
                      {"a list of distinct names, each with a value in base64",
                       "由名称与 base64 值组成、名称不重复的列表"});
    }
    values_.emplace_back(name, *bytes);
  }
}

const std::string& Metadata::get(std::string_view name) const {
  static const std::string kNone;
  const auto found = std::ranges::find(values_, name, &Pair::first);
  return found == values_.end() ? kNone : found->second;
}

Concat concat_of(const http::Request& request, std::string_view uploads_path) {
  Concat concat;
  std::string_view rest = value_of(request, "Upload-Concat");
  if (rest.empty()) return concat;
  if (rest == "partial") {
    concat.partial = true;
    return concat;
  }
  const std::string_view word = take_until(rest, ';');
  while (word == "final" && !rest.empty() && concat.parts.size() <= kMostParts) {
    const std::string_view url = take_until(rest, ' ');
    if (!url.empty()) concat.parts.push_back(part_id(url, uploads_path));
  }
  if (!concat.parts.empty() && concat.parts.size() <= kMostParts) return concat;
  throw malformed(
      "Upload-Concat", value_of(request, "Upload-Concat"),
      {fmt::format("\"partial\", or \"final;\" with the addresses of at most {} parts", kMostParts),
       fmt::format("“partial”，或“final;”加最多 {} 个分片地址", kMostParts)});
}

std::optional<ExpectedChecksum> checksum_of(const http::Request& request) {
  std::string_view rest = value_of(request, "Upload-Checksum");
  if (rest.empty()) return std::nullopt;
  const std::string_view name = take_until(rest, ' ');
  const std::optional<std::string> digest = decoded(rest);
  if (digest && name == "sha1" && digest->size() == 20) {
    return ExpectedChecksum{ChecksumKind::sha1, *digest};
  }
  if (digest && name == "sha256" && digest->size() == 32) {
    return ExpectedChecksum{ChecksumKind::sha256, *digest};
  }
  throw malformed("Upload-Checksum", value_of(request, "Upload-Checksum"),
                  {"sha1 or sha256 and a digest in base64", "sha1 或 sha256 加 base64 摘要"});
}

Error checksum_differs() {
  return Error(ErrorKind::conflict, "upload_checksum",
               {"The bytes do not have the checksum that was sent; they were dropped.",
                "内容与所发送的校验和不符，已丢弃。"},
               {"Send them once more.", "请重新发送。"});
}

}  // namespace cloudbrain::api::tus
