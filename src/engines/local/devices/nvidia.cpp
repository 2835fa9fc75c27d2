#include "engines/local/devices/nvidia.h"

#include <algorithm>

#include <fmt/format.h>

#include "engines/local/devices/nvml.h"
#include "engines/local/devices/small_files.h"

namespace cloudbrain {

std::string short_model(std::string_view model) {
  std::string previous;
  std::size_t at = 0;
  while (at < model.size()) {
    const std::size_t end = std::min(model.find(' ', at), model.size());
    const std::string word(model.substr(at, end - at));
    at = end + 1;
    if (word.find_first_of("0123456789") == std::string::npos) {
      previous = word;
      continue;
    }
    const std::string name = word.substr(0, word.find('-'));
    const bool bare_number = name.find_first_not_of("0123456789") == std::string::npos;
    return bare_number && !previous.empty() ? fmt::format("{}-{}", previous, name) : name;
  }
  return model.empty() ? "GPU" : std::string(model.substr(0, model.find(' ')));
}

std::map<int, NvidiaCard> nvidia_cards(const fs::path& root) {
  std::map<int, NvidiaCard> cards;
  // The driver lists its cards under /proc; a card's "Device Minor" is the number of its node.
  for (const fs::path& card : sorted_entries(root / "proc/driver/nvidia/gpus")) {
    const std::string text = small_file(card / "information");
    if (const auto minor = number<int>(field(text, "Device Minor"))) {
      cards[*minor].type = short_model(field(text, "Model"));
    }
  }
  if (root != "/") return cards;
  for (const NvmlCard& card : ask_nvml()) {
    NvidiaCard& known = cards[card.minor];
    if (!card.model.empty()) known.type = short_model(card.model);
    known.memory_bytes = card.memory_bytes;
    known.problem = card.problem;
  }
  return cards;
}

}  // namespace cloudbrain
