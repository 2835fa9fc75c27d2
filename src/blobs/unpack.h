// Unpacks an archive that nobody trusts into a directory.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "base/files.h"

namespace cloudbrain {

// What an archive may cost. A limit that is met is an Error that names the limit and the entry.
struct UnpackLimits {
  std::uint64_t entries = 10'000'000;
  std::uint64_t total_bytes = UINT64_MAX;         // sum of all files' sizes
  std::uint64_t ratio = 200;                      // unpacked bytes for each archive byte …
  std::uint64_t ratio_from_bytes = 10ULL << 20U;  // … asked only of what unpacks to more than this
  unsigned depth = 64;                            // components of an entry's path
  std::size_t path_bytes = 2048;                  // length of an entry's path
  std::uint64_t reserve_bytes = 512ULL << 20U;    // disk space that stays free
};

struct UnpackStatistics {
  std::uint64_t files = 0;  // regular files and links
  std::uint64_t directories = 0;
  std::uint64_t bytes = 0;  // sum of the files' sizes
};

// Called every few MB, on the thread that unpacks.
using UnpackProgress = std::function<void(std::uint64_t bytes_read, std::uint64_t bytes_total)>;

// Unpacks zip, tar, tar.gz and tar.zst, told apart by content, into `destination`, an existing
// empty directory that nobody else writes to. Blocks; one call per destination.
//
// What comes out: directories 0755, files 0644 (0755 where the archive says executable), owned by
// us, without the archive's times, owners, extended attributes or special bits. Names are UTF-8: a
// zip or tar name that is not is read as GB18030 (old Chinese Windows), or where it is not that
// either, as code page 437. Names that differ (in case, say) are different files; those that an
// archive marks as UTF-8 are brought to Unicode's composed form (NFC). Of two entries with one name
// the later wins in a tar; in a zip they are refused. Symbolic and hard links are kept where they
// stay inside.
//
// Throws Error; the destination is then half filled and is the caller's to remove. Codes, all kind
// invalid unless said otherwise:
//   archive_unsupported  not one of the formats, or a compression method we cannot read
//   archive_corrupt      cut off, checksum wrong, names that contradict each other or come twice,
//                        entries that overlap
//   archive_encrypted    needs a password
//   archive_escapes      absolute path, "..", or a link that leaves the tree
//   archive_special      device, socket or pipe
//   archive_limit        one of UnpackLimits (kind too_large)
//   archive_bomb         the ratio of UnpackLimits (kind too_large)
//   disk_full            kind no_space
//   unpack_cancelled     `stop` was requested (kind conflict)
UnpackStatistics unpack_archive(int archive, const fs::path& destination,
                                const UnpackLimits& limits = {},
                                const UnpackProgress& progress = {},
                                const std::stop_token& stop = {});

}  // namespace cloudbrain
