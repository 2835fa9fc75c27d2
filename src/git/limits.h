// How much a repository may hold; the administrator's settings say.
#pragma once

#include <cstdint>

namespace cloudbrain {

struct GitLimits {
  std::uint64_t max_repository_bytes = 2ULL << 30U;  // on disk, packed as git packs it
  std::uint64_t max_file_bytes = 100ULL << 20U;      // of one file, unpacked
};

}  // namespace cloudbrain
