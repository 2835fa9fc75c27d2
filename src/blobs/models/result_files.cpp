#include "blobs/models/result_files.h"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/json.h"
#include "blobs/directory.h"

namespace cloudbrain {

namespace {

class ResultWalk {
 public:
  ResultWalk(const fs::path& root, std::size_t most) : root_(root), most_(most) {}

  // Folders still to be read are kept by path, not open: a hostile tree may be thousands deep.
  void walk(std::string folder) {
    std::vector<std::string> folders{std::move(folder)};
    while (!folders.empty()) {
      const std::string path = std::move(folders.back());
      folders.pop_back();
      read(path, folders);
    }
  }
  void add(std::string path, const struct stat& status) {
    count();
    found_.push_back({std::move(path), static_cast<std::uint64_t>(status.st_size)});
  }
  std::vector<ResultFile> take() {
    std::ranges::sort(found_, {}, &ResultFile::path);
    return std::move(found_);
  }

 private:
  void count() {
    if (++entries_ <= most_) return;
    throw Error(ErrorKind::conflict, "too_many_files",
                {fmt::format("There are more than {} files and folders.", most_),
                 fmt::format("文件和文件夹超过 {} 个。", most_)},
                {"Choose fewer, or have the script pack them into an archive.",
                 "请减少选择，或在脚本中打包为压缩文件。"});
  }

  void read(const std::string& folder, std::vector<std::string>& folders) {
    Fd fd = open_beneath(root_, folder, O_RDONLY | O_DIRECTORY);
    if (!fd) return;  // it has gone meanwhile
    DirectoryReader directory(std::move(fd), folder);
    while (const dirent* entry = directory.next()) {
      if (!is_utf8(entry->d_name)) continue;
      std::string path = folder.empty() ? entry->d_name : folder + "/" + entry->d_name;
      struct stat status{};
      if (::fstatat(directory.fd(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
      if (S_ISDIR(status.st_mode)) {
        count();
        folders.push_back(std::move(path));
      } else if (S_ISREG(status.st_mode) ||
                 (S_ISLNK(status.st_mode) && leads_to_file(path, status))) {
        add(std::move(path), status);
      }
    }
  }

  bool leads_to_file(const std::string& path, struct stat& status) const {
    const Fd end = open_beneath(root_, path, O_PATH);
    return end && ::fstat(end.get(), &status) == 0 && S_ISREG(status.st_mode);
  }

  const fs::path& root_;
  std::size_t most_;
  std::size_t entries_ = 0;
  std::vector<ResultFile> found_;
};

}  // namespace

std::optional<std::vector<ResultFile>> find_result_files(const fs::path& root,
                                                         std::string_view relative,
                                                         std::size_t most) {
  if (!relative.empty() && !is_plain_relative_path(relative)) return std::nullopt;
  const Fd fd = open_beneath(root, relative, O_PATH);
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0) return std::nullopt;
  ResultWalk walk(root, most);
  if (S_ISREG(status.st_mode)) {
    walk.add(std::string(relative), status);
  } else if (S_ISDIR(status.st_mode)) {
    walk.walk(std::string(relative));
  } else {
    return std::nullopt;
  }
  return walk.take();
}

}  // namespace cloudbrain
