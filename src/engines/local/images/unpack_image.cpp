#include "engines/local/images/unpack_image.h"

#include <charconv>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engines/local/images/container.h"
#include "engines/local/images/image_errors.h"

namespace cloudbrain {

namespace {

constexpr off_t kMostPasswd = 4 << 20;

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> id_number(std::string_view text) {
  int number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number <= static_cast<int>(kHighestInnerId) ? std::optional(number) : std::nullopt;
}

// Lines of a file of the image, each cut at its colons. The image may have made it anything.
std::vector<std::vector<std::string>> table(const fs::path& tree, std::string_view path) {
  const Fd file = open_beneath(tree, path, O_RDONLY | O_NONBLOCK);
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size > kMostPasswd) {
    return {};
  }
  std::istringstream text(read_file("/proc/self/fd/" + std::to_string(file.get())));
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(split(line, ':'));
  return lines;
}

// Gives the tree to whom it belongs in a container, and counts its bytes.
class Owners {
 public:
  Owners(const ImageUser& script, const TaskUser& task) : script_(script), task_(task) {}

  void settle(const fs::path& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) throw_errno("lstat", path.native());
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
      if (::unlink(path.c_str()) != 0) throw_errno("unlink", path.native());
      return;
    }
    // A file of several names is met several times.
    if (status.st_uid >= kOwnersBase || status.st_uid == task_.uid) return;
    const unsigned user = outer_id(status.st_uid, static_cast<unsigned>(script_.user), task_.uid);
    const unsigned group = outer_id(status.st_gid, static_cast<unsigned>(script_.group), task_.gid);
    if (::lchown(path.c_str(), user, group) != 0) throw_errno("lchown", path.native());
    bytes_ += static_cast<std::int64_t>(status.st_blocks) * 512;
  }
  std::int64_t bytes() const { return bytes_; }

 private:
  static constexpr unsigned kOwnersBase = 1'000'000'000;  // nobody inside an image is so high
  const ImageUser script_;
  const TaskUser task_;
  std::int64_t bytes_ = 0;
};

std::int64_t settle_tree(const fs::path& tree, const ImageUser& script, const TaskUser& task,
                         const GoOn& go_on) {
  Owners owners(script, task);
  std::size_t count = 0;
  fs::recursive_directory_iterator at(tree, fs::directory_options::none), end;
  while (at != end) {
    const fs::path path = at->path();
    // Ahead of the change: what is removed can't be stepped into.
    ++at;
    owners.settle(path);
    if (++count % 4096 == 0 && !go_on()) {
      throw Error(ErrorKind::conflict, "image_stopped",
                  {"Nobody waits for the image any more.", "已无任务等待该镜像。"});
    }
  }
  owners.settle(tree);
  return owners.bytes();
}

}  // namespace

ImageUser find_image_user(const fs::path& tree, const std::string& written,
                          const std::string& reference) {
  const std::vector<std::string> parts = split(written, ':');
  const std::string& name = parts.front();
  ImageUser found;
  std::optional<int> user = name.empty() ? 0 : id_number(name);
  bool known = false;
  for (const auto& line : table(tree, "etc/passwd")) {
    if (line.size() < 6) continue;
    const std::optional<int> number = id_number(line[2]);
    if (!number || (user ? *number != *user : line[0] != name)) continue;
    user = number;
    known = true;
    found.group = id_number(line[3]).value_or(0);
    if (line[5].starts_with('/')) found.home = line[5];
    break;
  }
  if (!user) throw image_errors::broken(reference, fmt::format("it has no user \"{}\"", name));
  found.user = *user;
  if (!known && found.user != 0) found.home = "/";
  if (parts.size() < 2 || parts[1].empty()) return found;
  std::optional<int> group = id_number(parts[1]);
  for (const auto& line : table(tree, "etc/group")) {
    if (!group && line.size() >= 3 && line[0] == parts[1]) group = id_number(line[2]);
  }
  if (!group)
    throw image_errors::broken(reference, fmt::format("it has no group \"{}\"", parts[1]));
  found.group = *group;
  return found;
}

UnpackedImage unpack_image(const fs::path& layout, const ImageConfiguration& configuration,
                           const fs::path& tree, const fs::path& hidden, const TaskUser& user,
                           const std::string& reference, const GoOn& go_on) {
  const ProcessResult result = run_tool(
      {.argv = {"umoci", "raw", "unpack", "--image", layout.native() + ":image", tree.native()},
       .writable = layout.parent_path(),
       .hidden = hidden,
       .unpacks = true},
      go_on);
  if (!result.status.ok()) {
    const std::string words = last_words(result.error.empty() ? result.output : result.error);
    if (words.find("no space left") != std::string::npos)
      throw image_errors::no_space(reference, "0 MB");
    throw image_errors::broken(reference, words);
  }
  const ImageUser script = find_image_user(tree, configuration.user, reference);
  UnpackedImage image;
  image.entrypoint = configuration.entrypoint;
  image.environment = configuration.environment;
  image.working_directory = configuration.working_directory;
  image.user = script.user;
  image.group = script.group;
  image.home = script.home;
  try {
    image.size_bytes = settle_tree(tree, script, user, go_on);
  } catch (const fs::filesystem_error& error) {
    throw image_errors::broken(reference, error.code().message());
  }
  return image;
}

}  // namespace cloudbrain
