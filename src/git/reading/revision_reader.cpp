#include "git/reading/revision_reader.h"

#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "git/reading/cat_file.h"

namespace cloudbrain {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

bool is_askable_path(std::string_view path) {
  return is_plain_relative_path(path) && path.find('\n') == std::string_view::npos;
}

// "<commit>:<path>"
std::string object_name(std::string_view commit, std::string_view path) {
  return fmt::format("{}:{}", commit, path);
}

TreeEntry entry_of(std::string_view mode, std::string_view name, std::string_view directory) {
  TreeEntry entry;
  entry.name = name;
  entry.path = directory.empty() ? entry.name : fmt::format("{}/{}", directory, name);
  if (mode == "40000") entry.kind = TreeEntry::Kind::directory;
  if (mode == "120000") entry.kind = TreeEntry::Kind::link;
  if (mode == "160000") entry.kind = TreeEntry::Kind::submodule;
  entry.executable = mode == "100755";
  return entry;
}

// A tree object: "<mode> <name>\0<20 bytes of id>" again and again (gitformat-pack(5) has no more
// to say of it). Names that are not UTF-8 are left out, as nobody could ask for them.
std::vector<std::pair<TreeEntry, std::string>> parse_tree(std::string_view bytes,
                                                          std::string_view directory) {
  constexpr std::size_t kIdBytes = 20;
  std::vector<std::pair<TreeEntry, std::string>> entries;
  while (!bytes.empty()) {
    const std::size_t space = bytes.find(' ');
    const std::size_t zero = bytes.find('\0');
    if (space > zero || zero == std::string_view::npos || bytes.size() - zero <= kIdBytes) break;
    const std::string_view name = bytes.substr(space + 1, zero - space - 1);
    std::string id;
    for (const char byte : bytes.substr(zero + 1, kIdBytes)) {
      id += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    if (is_utf8(name)) {
      entries.emplace_back(entry_of(bytes.substr(0, space), name, directory), std::move(id));
    }
    bytes.remove_prefix(zero + 1 + kIdBytes);
  }
  return entries;
}

bool has_size(const TreeEntry& entry) {
  return entry.kind == TreeEntry::Kind::file || entry.kind == TreeEntry::Kind::link;
}

bool comes_before(const TreeEntry& a, const TreeEntry& b) {
  const bool a_first = a.kind == TreeEntry::Kind::directory;
  const bool b_first = b.kind == TreeEntry::Kind::directory;
  return a_first != b_first ? a_first : a.name < b.name;
}

std::vector<TreeEntry> with_sizes(CatFile& git,
                                  std::vector<std::pair<TreeEntry, std::string>> parsed) {
  std::vector<std::string> asked;
  for (const auto& [entry, id] : parsed) {
    if (has_size(entry)) asked.push_back(id);
  }
  const auto infos = git.infos(asked);
  std::vector<TreeEntry> entries;
  std::size_t next = 0;
  for (auto& [entry, id] : parsed) {
    if (has_size(entry)) {
      const auto& info = infos[next++];
      if (info) entry.size = static_cast<std::int64_t>(info->size);
    }
    entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries, comes_before);
  return entries;
}

}  // namespace

// The processes that nobody uses at the moment, the one used last at the back.
class RevisionReader::Pool {
 public:
  Pool(const Repositories& repositories, std::size_t limit)
      : repositories_(repositories), limit_(limit) {}

  // Asks a process of that repository; nullopt where there is no repository. A process that waited
  // may have died meanwhile (killed, out of memory): then a fresh one is asked, once.
  template <typename Action>
  auto ask(ProjectId project, Action action) -> decltype(action(std::declval<CatFile&>())) {
    if (std::unique_ptr<CatFile> waiting = take(project)) {
      try {
        auto answer = action(*waiting);
        give_back(project, std::move(waiting));
        return answer;
      } catch (const Error& error) {
        if (error.code() != "git_failed") throw;
      }
    }
    if (!repositories_.exists(project)) return {};
    auto fresh = std::make_unique<CatFile>(repositories_.path(project));
    auto answer = action(*fresh);
    give_back(project, std::move(fresh));
    return answer;
  }

  template <typename Predicate>
  void close_if(Predicate predicate) {
    std::vector<Waiting> closed;  // git is waited for outside the lock
    const std::lock_guard lock(mutex_);
    for (Waiting& one : waiting_) {
      if (predicate(one.project, one.since)) closed.push_back(std::move(one));
    }
    std::erase_if(waiting_, [](const Waiting& one) { return one.process == nullptr; });
  }

 private:
  struct Waiting {
    ProjectId project;
    std::unique_ptr<CatFile> process;
    SteadyTime since;
  };

  std::unique_ptr<CatFile> take(ProjectId project) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(waiting_.rbegin(), waiting_.rend(),
                                    [&](const Waiting& one) { return one.project == project; });
    if (found == waiting_.rend()) return nullptr;
    std::unique_ptr<CatFile> process = std::move(found->process);
    waiting_.erase(std::next(found).base());
    return process;
  }

  void give_back(ProjectId project, std::unique_ptr<CatFile> process) {
    std::optional<Waiting> oldest;
    const std::lock_guard lock(mutex_);
    waiting_.push_back({project, std::move(process), std::chrono::steady_clock::now()});
    if (waiting_.size() <= limit_) return;
    oldest = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
  }

  const Repositories& repositories_;
  std::size_t limit_;
  std::mutex mutex_;
  std::vector<Waiting> waiting_;
};

RevisionReader::RevisionReader(const Repositories& repositories, std::size_t processes)
    : repositories_(repositories), pool_(std::make_unique<Pool>(repositories, processes)) {}

RevisionReader::~RevisionReader() = default;

std::optional<std::string> RevisionReader::resolve(ProjectId project, std::string_view branch) {
  if (!is_branch_name(branch)) return std::nullopt;
  const auto info = pool_->ask(
      project, [&](CatFile& git) { return git.info(fmt::format("refs/heads/{}", branch)); });
  if (!info || info->type != "commit") return std::nullopt;
  return info->id;
}

bool RevisionReader::is_commit(ProjectId project, std::string_view commit) {
  if (!is_commit_id(commit)) return false;
  const auto info = pool_->ask(project, [&](CatFile& git) { return git.info(commit); });
  return info && info->type == "commit";
}

std::optional<std::string> RevisionReader::find_revision(ProjectId project, std::string_view name) {
  if (auto commit = resolve(project, name)) return commit;
  if (!is_commit(project, name)) return std::nullopt;
  return std::string(name);
}

std::optional<RevisionReader::FileInfo> RevisionReader::find_file(ProjectId project,
                                                                  std::string_view commit,
                                                                  std::string_view path) {
  if (!is_commit_id(commit) || !is_askable_path(path)) return std::nullopt;
  const auto info =
      pool_->ask(project, [&](CatFile& git) { return git.info(object_name(commit, path)); });
  if (!info || info->type != "blob") return std::nullopt;
  return FileInfo{info->id, info->size};
}

bool RevisionReader::file_exists(ProjectId project, std::string_view commit,
                                 std::string_view path) {
  return find_file(project, commit, path).has_value();
}

std::optional<std::string> RevisionReader::read_file(ProjectId project, std::string_view commit,
                                                     std::string_view path, std::size_t limit) {
  const auto info = find_file(project, commit, path);
  if (!info) return std::nullopt;
  if (info->size > limit) {
    throw Error(ErrorKind::too_large, "file_too_large",
                {fmt::format("{} has {} bytes; at most {} can be shown.", path, info->size, limit),
                 fmt::format("{} 有 {} 字节，最多可显示 {} 字节。", path, info->size, limit)},
                {"Clone the repository to read it.", "请克隆代码仓库后查看。"});
  }
  auto object = pool_->ask(project, [&](CatFile& git) { return git.object(info->id); });
  if (!object) return std::nullopt;
  return std::move(object->bytes);
}

std::optional<std::vector<TreeEntry>> RevisionReader::list_tree(ProjectId project,
                                                                std::string_view commit,
                                                                std::string_view path) {
  if (!is_commit_id(commit) || (!path.empty() && !is_askable_path(path))) return std::nullopt;
  const std::string name =
      path.empty() ? fmt::format("{}^{{tree}}", commit) : object_name(commit, path);
  return pool_->ask(project, [&](CatFile& git) -> std::optional<std::vector<TreeEntry>> {
    const auto info = git.info(name);
    if (!info || info->type != "tree") return std::nullopt;
    const auto tree = git.object(info->id);
    if (!tree) return std::nullopt;
    return with_sizes(git, parse_tree(tree->bytes, path));
  });
}

void RevisionReader::forget(ProjectId project) {
  pool_->close_if([&](ProjectId other, SteadyTime) { return other == project; });
}

void RevisionReader::close_idle(std::chrono::seconds older_than) {
  const SteadyTime before = std::chrono::steady_clock::now() - older_than;
  pool_->close_if([&](ProjectId, SteadyTime since) { return since <= before; });
}

}  // namespace cloudbrain
