// The bytes of uploads that are taken up again after a pause, a lost connection or a restart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "blobs/blob_store.h"

namespace cloudbrain {

// One file an upload, below <blobs>/unfinished; its size is how far the upload has come, also after
// kill -9. An id is 32 lower-case hex digits, so it is a safe file name; every function throws
// Error missing ("upload_missing") for anything else. Safe from any thread for different ids.
class UploadFiles {
 public:
  explicit UploadFiles(BlobStore& blobs);

  GrowingFile create(std::string_view id);
  std::optional<GrowingFile> open(std::string_view id);
  std::optional<std::uint64_t> size(std::string_view id) const;
  // When the last byte came.
  std::optional<TimePoint> changed_at(std::string_view id) const;
  fs::path path(std::string_view id) const;
  void remove(std::string_view id);
  std::vector<std::string> ids() const;

 private:
  BlobStore& blobs_;
  fs::path root_;
};

bool is_upload_id(std::string_view text);

}  // namespace cloudbrain
