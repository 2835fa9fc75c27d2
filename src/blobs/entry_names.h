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

// libarchive converts names by the locale of the thread. This is a UTF-8 one, to be switched to for
// a while; other threads are left alone. Loading it takes 60 µs, switching nothing.
class Utf8Locale {
 public:
  Utf8Locale();
  ~Utf8Locale();
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

  // While it lives, its thread uses the locale.
  class Use {
   public:
    explicit Use(const Utf8Locale& locale) : before_(::uselocale(locale.locale_)) {}
    ~Use() { ::uselocale(before_); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    locale_t before_;
  };

 private:
  locale_t locale_;
};

}  // namespace cloudbrain
