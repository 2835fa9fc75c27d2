#include "blobs/entry_names.h"

#include <array>
#include <cerrno>
#include <optional>

#include <iconv.h>

#include "base/error.h"
#include "base/json.h"
#include "blobs/archive_errors.h"

namespace cloudbrain {

namespace {

// Nullopt where `raw` is not text of that charset.
std::optional<std::string> convert(std::string_view raw, const char* charset) {
  const iconv_t converter = ::iconv_open("UTF-8", charset);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): iconv_open's own way to say no
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string from(raw);
  std::string to(raw.size() * 4, '\0');
  char* input = from.data();
  char* output = to.data();
  std::size_t input_left = from.size();
  std::size_t output_left = to.size();
  const bool ok = ::iconv(converter, &input, &input_left, &output, &output_left) !=
                  static_cast<std::size_t>(-1);
  ::iconv_close(converter);
  if (!ok) return std::nullopt;
  to.resize(to.size() - output_left);
  return to;
}

}  // namespace

std::string decode_name(std::string_view raw) {
  if (is_utf8(raw)) return std::string(raw);
  for (const char* charset : {"GB18030", "CP437"}) {
    if (auto name = convert(raw, charset)) return *name;
  }
  // A system without these charsets: what cannot be read is shown as such.
  std::string name(raw);
  for (char& c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return name;
}

std::string plain_entry_path(std::string_view path) {
  if (path.starts_with('/')) archive_errors::path_escapes(path);
  std::string plain;
  plain.reserve(path.size());
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") archive_errors::path_escapes(path);
    if (!plain.empty()) plain += '/';
    plain += part;
  }
  return plain;
}

Utf8Locale::Utf8Locale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
  if (locale_ == nullptr) throw_errno("newlocale", "C.UTF-8");
}

Utf8Locale::~Utf8Locale() {
  ::freelocale(locale_);
}

}  // namespace cloudbrain
