// The sentences for archives that are refused. The codes are listed in unpack.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace cloudbrain::archive_errors {

// `entry` is the path inside the archive, "" where it is the archive as a whole.
[[noreturn]] void unsupported(std::string_view entry, std::string_view detail);
[[noreturn]] void corrupt(std::string_view entry, std::string_view detail);
[[noreturn]] void encrypted(std::string_view entry);
[[noreturn]] void path_escapes(std::string_view entry);
[[noreturn]] void link_escapes(std::string_view entry, std::string_view target);
[[noreturn]] void special_file(std::string_view entry);
// An entry is needed as a directory and as something else: "a" and "a/b", or through a link "a".
[[noreturn]] void contradiction(std::string_view entry);
// A second entry of one name, in an archive whose names are unique.
[[noreturn]] void twice(std::string_view entry);
// `what_en`: "entries"; `what_zh`: "文件数".
[[noreturn]] void over_limit(std::string_view entry, std::string_view what_en,
                             std::string_view what_zh, std::uint64_t limit);
[[noreturn]] void bomb(std::string_view entry, std::uint64_t ratio);
[[noreturn]] void disk_full(std::string_view entry, std::uint64_t needed, std::uint64_t available);
[[noreturn]] void cancelled();

}  // namespace cloudbrain::archive_errors
