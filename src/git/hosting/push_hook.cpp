#include "git/hosting/push_hook.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "git/hosting/path_rules.h"
#include "git/hosting/repositories.h"

namespace cloudbrain {

namespace {

constexpr std::string_view kName = "pre-receive";
constexpr const char* kMaxFile = "CLOUDBRAIN_MAX_FILE_BYTES";
constexpr const char* kLanguage = "CLOUDBRAIN_LANGUAGE";
constexpr std::size_t kMostTold = 5;

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value != nullptr ? value : "";
}

// A git process in the push's quarantine: what receive-pack told us it is told too.
ProcessOptions git_here(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  return {.argv = std::move(arguments)};
}

// Starts git, hands it `input`, and calls `use` for each part of its output, as `end_mark` ends it;
// false from `use` ends git. Throws Error internal where git fails.
void each_part(const ProcessOptions& options, std::string_view input, char end_mark,
               const std::function<bool(std::string_view part)>& use) {
  ChildProcess git = ChildProcess::start(options, {.input = true, .output = true});
  write_all(git.input().get(), input, "git");
  git.input().reset();
  std::string text;
  std::array<char, 65536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (true) {
    const ssize_t count = ::read(git.output().get(), bytes.data(), bytes.size());
    if (count <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(count));
    std::size_t start = 0;
    for (std::size_t end = 0; (end = text.find(end_mark, start)) != std::string::npos;
         start = end + 1) {
      if (!use(std::string_view(text).substr(start, end - start))) return;
    }
    text.erase(0, start);
  }
  if (!git.wait().ok()) throw_git_failed(options, "");
}

struct Update {
  std::string commit;
  std::string reference;
};

std::vector<Update> read_updates() {
  std::vector<Update> updates;
  std::string old;
  Update update;
  while (std::cin >> old >> update.commit >> update.reference) updates.push_back(update);
  return updates;
}

bool is_deletion(const Update& update) {
  return update.commit.find_first_not_of('0') == std::string::npos;
}

double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1U << 20U);
}

class PushCheck {
 public:
  PushCheck(std::vector<Update> updates, std::uint64_t max_file)
      : updates_(std::move(updates)), max_file_(max_file) {}

  // What is wrong, at most a few of it.
  std::vector<Text> problems() {
    for (const Update& update : updates_) {
      if (!is_deletion(update)) check_reference(update.reference);
    }
    if (problems_.empty()) check_objects();
    return std::move(problems_);
  }

 private:
  bool add(Text problem) {
    problems_.push_back(std::move(problem));
    return problems_.size() < kMostTold;
  }

  void check_reference(std::string_view reference) {
    for (const std::string_view kind : {"refs/heads/", "refs/tags/"}) {
      if (reference.starts_with(kind) && is_branch_name(reference.substr(kind.size()))) return;
    }
    if (reference.starts_with("refs/notes/") || problems_.size() >= kMostTold) return;
    const std::string shown = readable(reference.substr(0, 200));
    add({fmt::format("{} cannot be pushed: only branches and tags, with names in UTF-8 of at most "
                     "200 bytes.",
                     shown),
         fmt::format("无法推送 {}：仅支持分支和标签，名称须为 UTF-8 编码且不超过 200 字节。",
                     shown)});
  }

  std::string new_commits() const {
    std::string ids;
    for (const Update& update : updates_) {
      if (!is_deletion(update)) ids += update.commit + "\n";
    }
    return ids;
  }

  void check_objects() {
    const std::string commits = new_commits();
    if (commits.empty()) return;
    check_paths(commits);
    if (problems_.empty()) check_sizes(commits);
  }

  // Every path that a new commit adds or changes, also where the file's bytes were here before.
  void check_paths(const std::string& commits) {
    each_part(
        git_here({"log", "--stdin", "--format=", "--name-only", "-z", "--no-renames",
                  "--diff-filter=d", "--diff-merges=first-parent", "--root", "--not", "--all"}),
        commits, '\0', [&](std::string_view path) {
          auto problem = path.empty() ? std::nullopt : path_problem(path);
          return !problem || add(std::move(*problem));
        });
  }

  // Files over the limit come as "~<id>".
  void check_sizes(const std::string& commits) {
    std::vector<std::string> large;
    each_part(
        git_here({"rev-list", "--objects", fmt::format("--filter=blob:limit={}", max_file_ + 1),
                  "--filter-print-omitted", "--stdin", "--not", "--all"}),
        commits, '\n', [&](std::string_view line) {
          if (line.starts_with('~')) large.emplace_back(line.substr(1));
          return large.size() < kMostTold;
        });
    if (!large.empty()) name_large_files(commits, large);
  }

  void name_large_files(const std::string& commits, std::vector<std::string> ids) {
    each_part(git_here({"rev-list", "--objects", "--stdin", "--not", "--all"}), commits, '\n',
              [&](std::string_view line) {
                const std::string_view id = line.substr(0, line.find(' '));
                if (std::erase(ids, id) == 0) return true;
                tell_large(readable(line.substr(std::min(line.size(), id.size() + 1))), id);
                return !ids.empty();
              });
  }

  void tell_large(const std::string& path, std::string_view id) {
    const std::string text = run_process(git_here({"cat-file", "-s", std::string(id)})).output;
    std::uint64_t size = 0;
    std::from_chars(text.data(), text.data() + text.size(), size);
    const double most = mebibytes(max_file_);
    add({fmt::format("{} has {:.1f} MiB; a file in a repository may have {:.4g} MiB at most. Put "
                     "large files into a data set.",
                     path, mebibytes(size), most),
         fmt::format(
             "{} 有 {:.1f} MiB；代码仓库中单个文件最大为 {:.4g} MiB。请将大文件放入数据集。", path,
             mebibytes(size), most)});
  }

  std::vector<Update> updates_;
  std::uint64_t max_file_;
  std::vector<Text> problems_;
};

}  // namespace

void install_push_hook(const fs::path& directory, const fs::path& program) {
  make_directories(directory);
  const fs::path fresh = directory / random_name(".");
  fs::create_symlink(program, fresh);
  fs::rename(fresh, directory / kName);
}

GitSettings push_hook_settings(const fs::path& directory) {
  return {{"core.hooksPath", fs::absolute(directory)}};
}

std::map<std::string, std::string> push_hook_environment(const GitLimits& limits, bool chinese) {
  return {{kMaxFile, std::to_string(limits.max_file_bytes)}, {kLanguage, chinese ? "zh" : "en"}};
}

bool is_push_hook(std::string_view program) {
  return program.substr(program.rfind('/') + 1) == kName;
}

int run_push_hook() {
  try {
    std::uint64_t max_file = GitLimits{}.max_file_bytes;
    const std::string told = variable(kMaxFile);
    std::from_chars(told.data(), told.data() + told.size(), max_file);
    const auto problems = PushCheck(read_updates(), max_file).problems();
    const bool chinese = variable(kLanguage) == "zh";
    for (const Text& problem : problems) std::cerr << (chinese ? problem.zh : problem.en) << '\n';
    return problems.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

}  // namespace cloudbrain
