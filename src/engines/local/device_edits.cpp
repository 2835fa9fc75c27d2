#include "engines/local/device_edits.h"

#include <algorithm>

namespace cloudbrain {

namespace {

// Two devices of one card mount the same driver; one path inside can only be one thing.
template <typename T, typename Key>
void add_each(std::vector<T>& to, const std::vector<T>& from, Key key) {
  for (const T& one : from) {
    const auto same = std::ranges::find_if(
        to, [&](const T& there) { return std::invoke(key, there) == std::invoke(key, one); });
    if (same == to.end()) to.push_back(one);
  }
}

}  // namespace

void add_edits(DeviceEdits& edits, const DeviceEdits& more) {
  add_each(edits.nodes, more.nodes, &DeviceNode::target);
  add_each(edits.mounts, more.mounts, &Mount::target);
  for (const auto& [name, value] : more.environment) edits.environment[name] = value;
  add_each(edits.hooks, more.hooks, std::identity{});
  add_each(edits.groups, more.groups, std::identity{});
}

}  // namespace cloudbrain
