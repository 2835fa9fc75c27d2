// What NVIDIA's management library (NVML, libnvidia-ml.so.1) says of its cards. Loaded where it is
// there; nothing of it is needed to build.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace cloudbrain {

struct NvmlCard {
  int minor = 0;      // of /dev/nvidia<minor>
  std::string model;  // "NVIDIA H100 80GB HBM3"
  std::string uuid;   // "GPU-…"
  std::int64_t memory_bytes = 0;
  Text problem;  // empty: healthy
};

// Empty where there is no such library or no driver. Loaded and let go again at each call, so that
// an updated driver is followed. May take some 100 ms.
std::vector<NvmlCard> ask_nvml();

}  // namespace cloudbrain
