#include "blobs/dataset_trees.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "blobs/archive_errors.h"
#include "blobs/link_tree.h"
#include "domain/layouts.h"

namespace cloudbrain {

namespace {

bool is_there(const fs::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_folder_name(std::string_view folder) {
  return is_plain_relative_path(folder) && folder.find('/') == std::string_view::npos;
}

void move(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw_errno("rename", to.native());
}

void make_directory(const fs::path& path) {
  make_directories(path);
  if (::chmod(path.c_str(), 0755) != 0) throw_errno("chmod", path.native());
}

// What is in `directory`, without what cannot be removed.
void empty_directory(const fs::path& directory, const std::stop_token& stop) {
  try {
    std::vector<fs::path> old;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
      old.push_back(entry.path());
    }
    for (const fs::path& path : old) {
      if (stop.stop_requested()) return;
      remove_tree(path);
    }
  } catch (const std::exception& error) {
    log::error("Cannot clean {}: {}", directory.native(), error.what());
  }
}

}  // namespace

// While it lives, its thread alone works on that content.
class DatasetTrees::Claim {
 public:
  // `stop` ends the waiting.
  Claim(DatasetTrees& trees, std::string_view sha256, const std::stop_token& stop)
      : trees_(trees), sha256_(sha256) {
    std::unique_lock lock(trees_.mutex_);
    const bool free = trees_.changed_.wait(
        lock, stop, [&] { return trees_.claimed_.find(sha256_) == trees_.claimed_.end(); });
    if (!free) archive_errors::cancelled();
    stop_ = trees_.claimed_.try_emplace(sha256_).first->second;
  }
  ~Claim() {
    const std::lock_guard lock(trees_.mutex_);
    trees_.claimed_.erase(sha256_);
    trees_.changed_.notify_all();
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  // Asks whoever has claimed the content now to give it up.
  static void interrupt(DatasetTrees& trees, std::string_view sha256) {
    const std::lock_guard lock(trees.mutex_);
    const auto claimed = trees.claimed_.find(sha256);
    if (claimed != trees.claimed_.end()) claimed->second.request_stop();
  }

  // Where somebody else asks for the end of the work.
  std::stop_source& stop() { return stop_; }

 private:
  DatasetTrees& trees_;
  std::string sha256_;
  std::stop_source stop_;
};

DatasetTrees::DatasetTrees(const fs::path& root, const BlobStore& blobs, UnpackLimits limits)
    : trees_(root / "trees"),
      views_(root / "views"),
      staging_(root / "staging"),
      old_(root / "old"),
      blobs_(blobs),
      limits_(limits) {
  make_directory(trees_);
  make_directory(views_);
  make_directory(old_);
  // Half a data set may be a million files: moved aside now, removed in the background.
  if (is_there(staging_)) move(staging_, old_ / random_name("staging-"));
  make_directory(staging_);
  for (const std::string& sha256 : contents()) {
    if (!TreeSync::is_doubtful(trees_ / sha256)) continue;
    put_away(sha256);
    lost_.push_back(sha256);
  }
  sync_.emplace(trees_);
  cleaner_ = std::jthread([this](const std::stop_token& stop) { clean(stop); });
}

void DatasetTrees::clean(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !is_old_empty_; })) return;
      is_old_empty_ = true;
    }
    empty_directory(old_, stop);
  }
}

DatasetTrees::~DatasetTrees() = default;

std::optional<DatasetPaths> DatasetTrees::plain(std::string_view sha256) const {
  if (!blobs_.size(sha256)) return std::nullopt;
  return DatasetPaths{blobs_.path(sha256), {}, false};
}

std::optional<DatasetPaths> DatasetTrees::ready(std::string_view sha256,
                                                std::string_view folder) const {
  if (!is_sha256(sha256) || !is_folder_name(folder)) return std::nullopt;
  DatasetPaths paths{trees_ / sha256 / "tree", views_ / sha256 / folder};
  // The view is made last and removed first, so where it is the tree is too.
  if (!is_there(paths.view)) return std::nullopt;
  paths.mount_tree_in_view = !is_there(paths.tree / folder);
  return paths;
}

DatasetPaths DatasetTrees::prepare(std::string_view sha256, std::string_view folder,
                                   const UnpackProgress& progress, const std::stop_token& stop) {
  if (!is_folder_name(folder)) {
    throw Error(ErrorKind::invalid, "folder_name",
                {fmt::format("\"{}\" cannot be the name of a folder.", folder.substr(0, 300)),
                 fmt::format("“{}”不能作为文件夹名称。", folder.substr(0, 300))});
  }
  (void)blobs_.path(sha256);  // throws for what is no hash
  if (const auto paths = ready(sha256, folder)) return *paths;
  Claim claim(*this, sha256, stop);
  const std::stop_callback pass_on(stop, [&] { claim.stop().request_stop(); });
  if (!is_there(trees_ / sha256)) make_tree(sha256, progress, claim.stop().get_token());
  if (!is_there(views_ / sha256 / folder)) make_view(sha256, folder);
  return ready(sha256, folder).value();
}

void DatasetTrees::make_tree(std::string_view sha256, const UnpackProgress& progress,
                             const std::stop_token& stop) {
  const Fd blob = blobs_.open(sha256);
  if (!blob) {
    throw Error(
        ErrorKind::missing, "blob_missing",
        {fmt::format("The bytes of this data set (SHA-256 {}) are not stored here.", sha256),
         fmt::format("此数据集的内容（SHA-256 {}）不存在。", sha256)},
        {"Upload the data set again.", "请重新上传数据集。"});
  }
  const TemporaryDirectory work(staging_);
  const fs::path tree = work.path() / "content" / "tree";
  make_directory(tree.parent_path());
  make_directory(tree);
  const UnpackStatistics statistics = unpack_archive(blob.get(), tree, limits_, progress, stop);
  const DatasetFacts facts{static_cast<std::int64_t>(statistics.files),
                           static_cast<std::int64_t>(statistics.bytes)};
  write_file_atomic(tree.parent_path() / "facts.json", to_text(to_json(facts)), Durable::no);
  TreeSync::mark(tree.parent_path());
  move(tree.parent_path(), trees_ / sha256);
  sync_->request();
}

void DatasetTrees::make_view(std::string_view sha256, std::string_view folder) {
  const TemporaryDirectory work(staging_);
  const fs::path view = work.path() / "view";
  make_directory(view);
  link_tree(trees_ / sha256 / "tree", view);
  if (!is_there(view / kDatasetMarker)) {
    write_file_atomic(view / kDatasetMarker, "", Durable::no, 0644);
  }
  if (!is_there(view / folder)) make_directory(view / folder);
  make_directory(views_ / sha256);
  move(view, views_ / sha256 / folder);
}

std::optional<DatasetFacts> DatasetTrees::facts(std::string_view sha256) const {
  if (!is_sha256(sha256)) return std::nullopt;
  const auto text = try_read_file(trees_ / sha256 / "facts.json");
  if (!text) return std::nullopt;
  return from_json<DatasetFacts>(parse_json(*text), UnknownMembers::ignore);
}

void DatasetTrees::remove(std::string_view sha256) {
  if (!is_sha256(sha256)) return;
  Claim::interrupt(*this, sha256);
  {
    const Claim claim(*this, sha256, {});
    put_away(sha256);
  }
  const std::lock_guard lock(mutex_);
  is_old_empty_ = false;
  changed_.notify_all();
}

void DatasetTrees::put_away(std::string_view sha256) {
  // In this order: see ready().
  if (is_there(views_ / sha256)) move(views_ / sha256, old_ / random_name("views-"));
  if (is_there(trees_ / sha256)) move(trees_ / sha256, old_ / random_name("tree-"));
}

std::vector<std::string> DatasetTrees::contents() const {
  std::vector<std::string> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(trees_)) {
    all.push_back(entry.path().filename().native());
  }
  return all;
}

}  // namespace cloudbrain
