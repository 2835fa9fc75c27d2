// NVIDIA's cards as its driver knows them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/files.h"

namespace cloudbrain {

struct NvidiaCard {
  std::string type;  // "V100"
  std::int64_t memory_bytes = 0;
  Text problem;
};

// By the number of the node. From NVML where `root` is "/", and from /proc/driver/nvidia.
std::map<int, NvidiaCard> nvidia_cards(const fs::path& root);

// "Tesla V100-SXM2-32GB" -> "V100", "NVIDIA GeForce RTX 3090" -> "RTX-3090".
std::string short_model(std::string_view model);

}  // namespace cloudbrain
