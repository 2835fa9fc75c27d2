#include "git/reading/cat_file.h"

#include <array>
#include <cerrno>
#include <charconv>

#include <unistd.h>

#include "base/error.h"
#include "git/git_command.h"

namespace cloudbrain {

namespace {

// Questions of one write: they and their answers fit into the pipes, so neither side waits for the
// other.
constexpr std::size_t kBatch = 200;

[[noreturn]] void throw_gone() {
  throw Error(ErrorKind::internal, "git_failed",
              {"git cat-file ended unexpectedly.", "git cat-file 意外退出。"});
}

}  // namespace

CatFile::CatFile(const fs::path& repository)
    : git_(ChildProcess::start(git_process(repository, {"cat-file", "--batch-command"}),
                               {.input = true, .output = true})) {}

void CatFile::ask(std::string_view questions) {
  while (!questions.empty()) {
    const ssize_t count = ::write(git_.input().get(), questions.data(), questions.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_gone();
    questions.remove_prefix(static_cast<std::size_t>(count));
  }
}

void CatFile::fill() {
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  std::array<char, 65536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (true) {
    const ssize_t count = ::read(git_.output().get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw_gone();
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return;
  }
}

std::string CatFile::read_line() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n', start_)) == std::string::npos) fill();
  std::string line = buffer_.substr(start_, end - start_);
  start_ = end + 1;
  return line;
}

std::string CatFile::read_bytes(std::size_t count) {
  std::string bytes;
  bytes.reserve(count);
  while (true) {
    const std::size_t taken = std::min(count - bytes.size(), buffer_.size() - start_);
    bytes.append(buffer_, start_, taken);
    start_ += taken;
    if (bytes.size() == count) return bytes;
    fill();
  }
}

// "<id> <type> <size>"; anything else ("<name> missing", "<name> ambiguous") is no object. The name
// is shown as it was asked, so that it may look like anything but has no newline.
std::optional<ObjectInfo> CatFile::read_info() {
  const std::string line = read_line();
  const std::size_t last = line.rfind(' ');
  if (last == std::string::npos || last < 42 || line[40] != ' ') return std::nullopt;
  ObjectInfo info{line.substr(0, 40), line.substr(41, last - 41), 0};
  const char* end = line.data() + line.size();
  const auto [parsed, error] = std::from_chars(line.data() + last + 1, end, info.size);
  if (error != std::errc() || parsed != end) return std::nullopt;
  return info;
}

std::optional<ObjectInfo> CatFile::info(std::string_view name) {
  ask("info " + std::string(name) + "\n");
  return read_info();
}

std::vector<std::optional<ObjectInfo>> CatFile::infos(std::span<const std::string> names) {
  std::vector<std::optional<ObjectInfo>> results;
  results.reserve(names.size());
  while (!names.empty()) {
    const auto batch = names.first(std::min(names.size(), kBatch));
    std::string questions;
    for (const std::string& name : batch) questions += "info " + name + "\n";
    ask(questions);
    for (std::size_t i = 0; i < batch.size(); ++i) results.push_back(read_info());
    names = names.subspan(batch.size());
  }
  return results;
}

std::optional<CatFile::Object> CatFile::object(std::string_view name) {
  ask("contents " + std::string(name) + "\n");
  const std::optional<ObjectInfo> info = read_info();
  if (!info) return std::nullopt;
  Object object{*info, read_bytes(info->size)};
  read_bytes(1);  // a newline ends the contents
  return object;
}

}  // namespace cloudbrain
