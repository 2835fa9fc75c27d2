#include "blobs/models/model_trees.h"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/parse_id.h"
#include "domain/layouts.h"

namespace cloudbrain {

namespace {

// Whatever our umask is, a task's user has to get in.
void make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0755) != 0) {
    if (errno != EEXIST) throw_errno("mkdir", path.native());
    return;
  }
  if (::chmod(path.c_str(), 0755) != 0) throw_errno("chmod", path.native());
}

void make_folders_above(const fs::path& folder, const fs::path& relative) {
  fs::path path = folder;
  for (const fs::path& part : relative.parent_path()) make_folder(path /= part);
}

bool is_there(const fs::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

void link_blob(const fs::path& blob, const fs::path& target, const ModelTreeFile& file) {
  if (::link(blob.c_str(), target.c_str()) == 0 || errno == EEXIST) return;
  if (errno != ENOENT) throw_errno("link", target.native());
  throw Error(ErrorKind::missing, "blob_missing",
              {fmt::format("The bytes of \"{}\" (SHA-256 {}) are not stored here any more.",
                           file.path, file.sha256),
               fmt::format("“{}”的内容（SHA-256 {}）已不存在。", file.path, file.sha256)});
}

}  // namespace

ModelTrees::ModelTrees(fs::path root, const BlobStore& blobs)
    : root_(std::move(root)), blobs_(blobs) {
  make_directories(root_);
  if (::chmod(root_.c_str(), 0755) != 0) throw_errno("chmod", root_.native());
}

fs::path ModelTrees::make(ModelVersionId id, std::span<const ModelTreeFile> files) {
  fs::path tree = folder(id);
  make_folder(tree);
  for (const ModelTreeFile& file : files) {
    const fs::path target = tree / file.path;
    if (is_there(target)) continue;
    make_folders_above(tree, file.path);
    link_blob(blobs_.path(file.sha256), target, file);
  }
  // Left alone where the model brings a file of that name.
  (void)open_file(tree / kModelMarker, O_RDONLY | O_CREAT, 0644);
  return tree;
}

// Moved aside first, so that half a tree is never taken for a whole one.
void ModelTrees::remove(ModelVersionId id) {
  const fs::path aside = root_ / random_name(".old-");
  if (::rename(folder(id).c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT) return;
    throw_errno("rename", folder(id).native());
  }
  remove_tree(aside);
}

void ModelTrees::remove_others(const std::set<ModelVersionId>& known) {
  std::vector<fs::path> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(root_)) {
    const auto id = parse_id<ModelVersionId>(entry.path().filename().native());
    if (!id || !known.contains(*id)) others.push_back(entry.path());
  }
  for (const fs::path& path : others) remove_tree(path);
}

}  // namespace cloudbrain
