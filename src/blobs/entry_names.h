// Names inside archives: their encoding and their shape.
#pragma once

#include <string>
#include <string_view>

#include <locale.h>

namespace cloudbrain {

// `raw` itself where it is UTF-8; else read as GB18030, or, where it is not that either, as code
// page 437, the zip format's own (which knows every byte). Never fails.
std::string decode_name(std::string_view raw);

// Plain components with single slashes: "./a//b/" is "a/b", "./" is "". Throws "archive_escapes"
// for absolute paths and for "..".
std::string plain_entry_path(std::string_view path);

// libarchive converts names by the locale. This makes the calling thread's UTF-8 while it lives,
// and leaves the other threads alone.
class Utf8Locale {
 public:
  Utf8Locale();
  ~Utf8Locale();
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t utf8_;
  locale_t before_;
};

}  // namespace cloudbrain
