#include "engines/local/devices/device_rules.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace cloudbrain {

std::vector<std::string> device_rules(const DeviceEdits& devices) {
  // null, zero, full, random, urandom, tty, console, ptmx, and pseudo terminals.
  std::vector<std::string> rules{"c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm",  "c 1:9 rwm",
                                 "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm"};
  for (const DeviceNode& node : devices.nodes) {
    struct stat status{};
    if (::stat(node.source.c_str(), &status) != 0) continue;
    if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) continue;
    rules.push_back(fmt::format("{} {}:{} {}", S_ISCHR(status.st_mode) ? 'c' : 'b',
                                major(status.st_rdev), minor(status.st_rdev), node.permissions));
  }
  return rules;
}

}  // namespace cloudbrain
