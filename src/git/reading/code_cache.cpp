#include "git/reading/code_cache.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <sys/stat.h>

#include "base/error.h"
#include "base/log.h"

namespace cloudbrain {

namespace {

void remove_quietly(const std::vector<fs::path>& trees, const std::stop_token& stop = {}) {
  for (const fs::path& tree : trees) {
    if (stop.stop_requested()) return;
    try {
      remove_tree(tree);
    } catch (const std::exception& error) {
      log::error("Cannot remove {}: {}", tree.native(), error.what());
    }
  }
}

std::vector<fs::path> entries_of(const fs::path& directory) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    paths.push_back(entry.path());
  }
  return paths;
}

}  // namespace

class CodeCache::State {
 public:
  State(fs::path root, const Repositories& repositories, std::uint64_t limit)
      : root_(std::move(root)), repositories_(repositories), limit_(limit) {
    make_directories(root_);
    cleaner_ = std::jthread(
        [old = entries_of(root_)](const std::stop_token& stop) { remove_quietly(old, stop); });
  }

  // Keeps a tree from being dropped while it is copied.
  class Use {
   public:
    Use(State& state, std::string commit, fs::path tree)
        : state_(state), commit_(std::move(commit)), tree_(std::move(tree)) {}
    ~Use() { state_.release(commit_); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    const fs::path& tree() const { return tree_; }

   private:
    State& state_;
    std::string commit_;
    fs::path tree_;
  };

  Use use(ProjectId project, std::string_view commit) {
    std::string key(commit);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !trees_.contains(key) || trees_[key].ready; });
    const auto [found, fresh] = trees_.try_emplace(key);
    Tree& tree = found->second;  // stays where it is: a map's nodes don't move
    ++tree.users;
    tree.last_use = ++uses_;
    if (fresh) {
      tree.path = root_ / random_name("");
      lock.unlock();
      fill(project, key, tree);
    }
    return {*this, std::move(key), tree.path};
  }

  std::uint64_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  struct Tree {
    fs::path path;
    std::uint64_t bytes = 0;
    std::uint64_t last_use = 0;
    int users = 0;
    bool ready = false;  // false: a thread is exporting it
  };

  // Nobody else touches a tree that is not ready.
  void fill(ProjectId project, const std::string& commit, Tree& tree) {
    try {
      export_commit(repositories_.path(project), commit, tree.path);
      tree.bytes = tree_size(tree.path);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      trees_.erase(commit);
      changed_.notify_all();
      throw;
    }
    const std::lock_guard lock(mutex_);
    tree.ready = true;
    bytes_ += tree.bytes;
    changed_.notify_all();
  }

  void release(const std::string& commit) {
    std::vector<fs::path> dropped;
    {
      const std::lock_guard lock(mutex_);
      --trees_[commit].users;
      while (bytes_ > limit_ && drop_oldest(dropped)) {
      }
    }
    remove_quietly(dropped);
  }

  bool drop_oldest(std::vector<fs::path>& dropped) {
    auto oldest = trees_.end();
    for (auto tree = trees_.begin(); tree != trees_.end(); ++tree) {
      if (tree->second.users > 0) continue;
      if (oldest == trees_.end() || tree->second.last_use < oldest->second.last_use) oldest = tree;
    }
    if (oldest == trees_.end()) return false;
    bytes_ -= oldest->second.bytes;
    dropped.push_back(oldest->second.path);
    trees_.erase(oldest);
    return true;
  }

  fs::path root_;
  const Repositories& repositories_;
  std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;    // a tree became ready, or its export failed
  std::map<std::string, Tree> trees_;  // by commit
  std::uint64_t bytes_ = 0;
  std::uint64_t uses_ = 0;
  std::jthread cleaner_;
};

CodeCache::CodeCache(fs::path root, const Repositories& repositories, std::uint64_t limit_bytes)
    : state_(std::make_unique<State>(std::move(root), repositories, limit_bytes)) {}

CodeCache::~CodeCache() = default;

void CodeCache::copy_to(ProjectId project, std::string_view commit, const fs::path& destination,
                        std::optional<unsigned> owner_uid) {
  const State::Use use = state_->use(project, commit);
  copy_tree(use.tree(), destination, owner_uid);
}

std::uint64_t CodeCache::bytes() const {
  return state_->bytes();
}

}  // namespace cloudbrain
