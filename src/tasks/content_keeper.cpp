#include "tasks/content_keeper.h"

#include "base/error.h"
#include "store/contents.h"

namespace cloudbrain {

void ContentKeeper::insert(std::string_view sha256, const std::function<void()>& insert_row) {
  const std::lock_guard lock(mutex_);
  if (!blobs_.size(sha256)) {
    throw Error(ErrorKind::unavailable, "content_removed",
                {"The same bytes were deleted at this moment.", "相同的内容刚刚被删除。"},
                {"Upload them once more.", "请重新上传。"});
  }
  insert_row();
}

void ContentKeeper::drop(std::string_view sha256) {
  const std::lock_guard lock(mutex_);
  if (store::is_content_used(database_, sha256)) return;
  // First the bytes: then nobody can begin to unpack them any more.
  blobs_.remove(sha256);
  trees_.remove(sha256);
}

void ContentKeeper::sweep() {
  for (const std::string& sha256 : blobs_.contents()) drop(sha256);
  for (const std::string& sha256 : trees_.contents()) drop(sha256);
}

}  // namespace cloudbrain
