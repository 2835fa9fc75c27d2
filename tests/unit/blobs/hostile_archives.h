// Archives that must not be unpacked (make_archives.py), and why they are refused.
#pragma once

#include <array>
#include <ostream>

namespace cloudbrain {

struct Hostile {
  const char* archive;
  const char* code;
};
inline void PrintTo(const Hostile& hostile, std::ostream* out) {
  *out << hostile.archive;
}

inline constexpr auto kHostileArchives = std::to_array<Hostile>({
    {"slip.zip", "archive_escapes"},
    {"absolute.zip", "archive_escapes"},
    {"slip.tar", "archive_escapes"},
    {"absolute.tar", "archive_escapes"},
    {"link-absolute.tar", "archive_escapes"},
    {"link-up.tar", "archive_escapes"},
    {"link-chain.tar", "archive_escapes"},
    {"link-out.zip", "archive_escapes"},
    {"link-through.tar", "archive_corrupt"},
    {"link-swap.tar", "archive_corrupt"},
    {"hard-out.tar", "archive_escapes"},
    {"hard-absolute.tar", "archive_escapes"},
    {"hard-link-to-link.tar", "archive_corrupt"},
    {"hard-missing.tar", "archive_corrupt"},
    {"device.tar", "archive_special"},
    {"block.tar", "archive_special"},
    {"fifo.tar", "archive_special"},
    {"file-then-directory.tar", "archive_corrupt"},
    {"directory-then-file.tar", "archive_corrupt"},
    {"bomb.zip", "archive_bomb"},
    {"bomb.tar.gz", "archive_bomb"},
    {"sparse-bomb.tar", "archive_bomb"},
    {"deep.zip", "archive_limit"},
    {"long-path.zip", "archive_limit"},
    {"long-name.zip", "archive_limit"},
    {"damaged.zip", "archive_corrupt"},
    {"cut.zip", "archive_corrupt"},
    {"cut.tar", "archive_corrupt"},
    {"cut.tar.gz", "archive_corrupt"},
    {"damaged.tar.gz", "archive_corrupt"},
    {"not-an-archive.zip", "archive_unsupported"},
    {"empty.zip", "archive_corrupt"},
    {"gbk-flagged.zip", "archive_corrupt"},
    {"nothing.zip", "archive_unsupported"},
    {"encrypted.zip", "archive_encrypted"},
    {"slip-backslash.zip", "archive_escapes"},
    {"slip-long.tar", "archive_escapes"},
    {"slip-pax.tar", "archive_escapes"},
    {"link-pax.tar", "archive_escapes"},
    {"link-through.zip", "archive_corrupt"},
    {"link-absolute.zip", "archive_escapes"},
    {"link-up.zip", "archive_escapes"},
    {"device.zip", "archive_special"},
    {"twice.tar.gz.gz", "archive_unsupported"},
    {"overlap-quoted.zip", "archive_bomb"},
    {"overlap-same.zip", "archive_corrupt"},
    {"bad-crc.zip", "archive_corrupt"},
    {"no-directory.zip", "archive_corrupt"},
    {"far-away.zip", "archive_corrupt"},
});

}  // namespace cloudbrain
