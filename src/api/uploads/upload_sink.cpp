#include "api/uploads/upload_sink.h"

#include "api/uploads/upload_requests.h"

namespace cloudbrain::api {

namespace {

class AppendSink final : public http::Sink {
 public:
  AppendSink(const Call& call, store::Upload upload, UploadWriter writer,
             std::optional<tus::ExpectedChecksum> expected, int status)
      : call_(call),
        upload_(std::move(upload)),
        writer_(std::move(writer)),
        expected_(std::move(expected)),
        status_(status) {
    if (expected_) sum_.emplace(expected_->kind);
  }

  void write(std::span<const char> bytes) override {
    writer_.write(bytes);
    if (sum_) sum_->update(bytes);
  }

  http::Response finish() override {
    // Without the writer's finish() the bytes go again.
    if (sum_ && sum_->finish() != expected_->digest) throw tus::checksum_differs();
    const std::uint64_t offset = writer_.finish();
    if (offset == static_cast<std::uint64_t>(upload_.size_bytes)) {
      end_upload(call_.services, upload_);
    }
    http::Response response = http::Response::empty(status_);
    tell_progress(call_, upload_, offset, response.headers);
    if (status_ == 201) {
      response.headers.set("Location", fmt::format("{}/{}", kUploadsPath, upload_.id));
    }
    return response;
  }

 private:
  const Call call_;
  store::Upload upload_;
  UploadWriter writer_;
  const std::optional<tus::ExpectedChecksum> expected_;
  std::optional<Checksum> sum_;
  const int status_;
};

class AnsweredSink final : public http::Sink {
 public:
  explicit AnsweredSink(http::Response response) : response_(std::move(response)) {}
  void write(std::span<const char> /*bytes*/) override {}
  http::Response finish() override { return std::move(response_); }

 private:
  http::Response response_;
};

}  // namespace

std::unique_ptr<http::Sink> append_body(const Call& call, store::Upload upload,
                                        std::uint64_t offset, int status) {
  const auto length = static_cast<std::uint64_t>(upload.size_bytes);
  std::optional<tus::ExpectedChecksum> expected = tus::checksum_of(call.request);
  UploadWriter writer = call.services.uploads.append(upload, offset, expected.has_value());
  if (call.request.content_length.value_or(0) > length - offset) {
    throw Error(ErrorKind::too_large, "upload_overrun",
                {fmt::format("{} bytes are announced, but only {} are missing.",
                             *call.request.content_length, length - offset),
                 fmt::format("请求体有 {} 字节，但上传只缺 {} 字节。", *call.request.content_length,
                             length - offset)});
  }
  return std::make_unique<AppendSink>(call, std::move(upload), std::move(writer),
                                      std::move(expected), status);
}

std::unique_ptr<http::Sink> answer_after_body(http::Response response) {
  return std::make_unique<AnsweredSink>(std::move(response));
}

}  // namespace cloudbrain::api
