// The body of a PUT on its way into the blobs.
#pragma once

#include <functional>
#include <optional>

#include "api/operation.h"
#include "http/sink.h"

namespace cloudbrain::api {

// Stored and hashed as it comes, and no more of it than the project's owner may still store. The
// project is the call's. Throws Error no_space at once where its length says that it cannot fit.
class UploadSink final : public http::Sink {
 public:
  // What becomes of the bytes once they are whole, and what is answered. Where it throws they are
  // dropped.
  using Take = std::function<http::Response(const Call&, const Blob&)>;

  UploadSink(const Call& call, Take take);

  void write(std::span<const char> bytes) override;
  http::Response finish() override;

 private:
  const Call call_;
  const Take take_;
  const std::optional<std::uint64_t> most_;  // that the owner may still store; empty: no limit
  BlobStore::Upload upload_;
};

}  // namespace cloudbrain::api
