#include "api/intake/upload_sink.h"

namespace cloudbrain::api {

namespace {

BlobStore::Upload begin(const Call& call, const std::optional<std::uint64_t>& most) {
  const std::optional<std::uint64_t> size = call.request.content_length;
  if (most && size.value_or(1) > *most) {
    call.services.quotas.need_storage(call.project->owner, size.value_or(1));
  }
  return call.services.blobs.begin(size);
}

}  // namespace

UploadSink::UploadSink(const Call& call, Take take)
    : call_(call),
      take_(std::move(take)),
      most_(call.services.quotas.storage_left(call.project->owner)),
      upload_(begin(call, most_)) {}

void UploadSink::write(std::span<const char> bytes) {
  if (most_ && upload_.size() + bytes.size() > *most_) {
    call_.services.quotas.need_storage(call_.project->owner, upload_.size() + bytes.size());
  }
  upload_.write(bytes);
}

http::Response UploadSink::finish() {
  // Once more: others of the same owner may have come first.
  if (most_) call_.services.quotas.need_storage(call_.project->owner, upload_.size());
  const Blob blob = upload_.finish();
  try {
    return take_(call_, blob);
  } catch (const Error&) {
    call_.services.contents.drop(blob.sha256);  // unless somebody else has it
    throw;
  }
}

}  // namespace cloudbrain::api
