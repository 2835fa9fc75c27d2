#include "api/images/image_upload.h"

#include <fcntl.h>

#include "api/images/image_view.h"
#include "http/sink.h"

namespace cloudbrain::api {

namespace {

class ArchiveSink final : public http::Sink {
 public:
  explicit ArchiveSink(const Call& call)
      : call_(call),
        directory_(call.services.images.store().work()),
        path_(directory_.path() / "archive"),
        file_(open_file(path_, O_WRONLY | O_CREAT | O_EXCL, 0600)) {
    need_room(call.request.content_length.value_or(0));
  }

  void write(std::span<const char> bytes) override {
    since_look_ += bytes.size();
    if (since_look_ > kLookEvery) {
      need_room(0);
      since_look_ = 0;
    }
    write_all(file_.get(), bytes, path_.native());
  }

  http::Response finish() override {
    file_.reset();
    ImageShelf& shelf = call_.services.images;
    const fs::path archive = shelf.store().work() / random_name("archive-");
    fs::rename(path_, archive);
    const store::Image image = row();
    shelf.load(image, archive);
    return answer(view_of(call_, image), 202);
  }

 private:
  static constexpr std::size_t kLookEvery = 16U << 20U;

  void need_room(std::uint64_t bytes) const {
    const std::int64_t free = call_.services.images.store().free_bytes();
    const std::int64_t needed = static_cast<std::int64_t>(bytes) + ImageStore::kReserve;
    if (free >= needed) return;
    throw Error(ErrorKind::no_space, "image_no_space",
                {fmt::format("There is no room for this archive: {} MB are free.", free >> 20),
                 fmt::format("磁盘空间不足，无法存放该归档：剩余 {} MB。", free >> 20)},
                {"Remove unused images (cloudbrain image prune) or enlarge the disk.",
                 "请清理未使用的镜像（cloudbrain image prune）或扩容。"});
  }

  store::Image row() const {
    store::Images images(call_.services.database);
    const std::string& name = call_.request.arg("image");
    std::optional<store::Image> there = images.find(name);
    store::Image image = there.value_or(store::Image{});
    image.from_archive = true;
    image.reference.clear();
    if (there) {
      images.update(image);
      return image;
    }
    image.name = name;
    image.created_at = call_.services.clock.now();
    image.id = images.insert(image);
    return image;
  }

  const Call call_;
  const TemporaryDirectory directory_;
  const fs::path path_;
  Fd file_;
  std::size_t since_look_ = 0;
};

}  // namespace

std::unique_ptr<http::Sink> receive_image_archive(Call& call) {
  std::vector<FieldProblem> problems;
  check_image_name(call.request.arg("image"), problems);
  if (!problems.empty()) throw Error::fields(std::move(problems));
  if (const auto why = call.services.images.store().why_none())
    throw Error(ErrorKind::unavailable, "images_impossible", *why);
  return std::make_unique<ArchiveSink>(call);
}

}  // namespace cloudbrain::api
