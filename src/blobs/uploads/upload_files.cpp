#include "blobs/uploads/upload_files.h"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

std::optional<struct stat> status_of(const fs::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw_errno("stat", path.native());
}

}  // namespace

bool is_upload_id(std::string_view text) {
  return text.size() == 32 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

UploadFiles::UploadFiles(BlobStore& blobs) : blobs_(blobs), root_(blobs.root() / "unfinished") {
  make_directories(root_);
}

fs::path UploadFiles::path(std::string_view id) const {
  if (is_upload_id(id)) return root_ / id;
  throw Error(ErrorKind::missing, "upload_missing",
              {fmt::format("There is no upload \"{}\".", id.substr(0, 80)),
               fmt::format("没有上传“{}”。", id.substr(0, 80))});
}

GrowingFile UploadFiles::create(std::string_view id) {
  return GrowingFile::create(blobs_.hashers(), path(id));
}

std::optional<GrowingFile> UploadFiles::open(std::string_view id) {
  const fs::path file = path(id);
  // BlobStore::keep() made it read-only, and what was to follow failed.
  if (::access(file.c_str(), W_OK) != 0 && errno == EACCES) (void)::chmod(file.c_str(), 0600);
  return GrowingFile::open(blobs_.hashers(), file);
}

std::optional<std::uint64_t> UploadFiles::size(std::string_view id) const {
  const auto status = status_of(path(id));
  if (!status) return std::nullopt;
  return static_cast<std::uint64_t>(status->st_size);
}

std::optional<TimePoint> UploadFiles::changed_at(std::string_view id) const {
  const auto status = status_of(path(id));
  if (!status) return std::nullopt;
  return TimePoint{std::chrono::seconds{status->st_mtim.tv_sec} +
                   std::chrono::milliseconds{status->st_mtim.tv_nsec / 1'000'000}};
}

void UploadFiles::remove(std::string_view id) {
  const fs::path file = path(id);
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) throw_errno("unlink", file.native());
}

std::vector<std::string> UploadFiles::ids() const {
  std::vector<std::string> ids;
  for (const auto& entry : fs::directory_iterator(root_)) {
    const std::string name = entry.path().filename().string();
    if (is_upload_id(name)) ids.push_back(name);
  }
  return ids;
}

}  // namespace cloudbrain
