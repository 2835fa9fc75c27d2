#include "engines/local/images/image_store.h"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "engines/local/images/container.h"
#include "engines/local/images/image_errors.h"
#include "engines/local/images/unpack_image.h"

namespace cloudbrain {

namespace {

constexpr char kRetired[] = ".retired";

std::string megabytes(std::int64_t bytes) {
  return fmt::format("{} MB", bytes >> 20);
}

// All of a file system at once: an image is tens of thousands of files.
void sync_all(const fs::path& path) {
  const Fd directory = open_file(path, O_RDONLY | O_DIRECTORY);
  if (::syncfs(directory.get()) != 0) throw_errno("syncfs", path.native());
}

}  // namespace

ImageStore::ImageStore(fs::path root, fs::path hidden)
    : root_(std::move(root)),
      hidden_(std::move(hidden)),
      user_(task_user()),
      registry_(root_ / ".work", hidden_) {
  remove_tree(work());
  clear_retired();
  make_directories(work());
}

std::optional<Text> ImageStore::why_none() const {
  if (const std::optional<Text> why = why_no_containers()) return why;
  for (const char* program : {"skopeo", "umoci"}) {
    if (find_program(program)) continue;
    return Text{
        fmt::format("{0}, which makes images ready, is not installed: apt install {0}", program),
        fmt::format("未安装准备镜像所需的 {0}：apt install {0}", program)};
  }
  return std::nullopt;
}

fs::path ImageStore::place(const std::string& digest) const {
  if (!is_image_digest(digest)) {
    throw Error(ErrorKind::internal, "image_digest",
                {"\"" + digest + "\" is no digest.", "“" + digest + "”不是摘要。"});
  }
  return root_ / digest.substr(digest.find(':') + 1);
}

fs::path ImageStore::tree(const std::string& digest) const {
  return place(digest) / "tree";
}

std::optional<UnpackedImage> ImageStore::find(const std::string& digest) const {
  const std::optional<std::string> text = try_read_file(place(digest) / "image.json");
  if (!text) return std::nullopt;
  return from_json<UnpackedImage>(parse_json(*text), UnknownMembers::ignore);
}

std::int64_t ImageStore::free_bytes() const {
  return static_cast<std::int64_t>(cloudbrain::free_bytes(root_));
}

void ImageStore::need_room(const std::string& reference, std::int64_t bytes) const {
  if (free_bytes() >= bytes + kReserve) return;
  throw image_errors::no_space(reference, megabytes(free_bytes()));
}

GoOn ImageStore::guarded(const ImageWatch& watch, const std::string& reference,
                         ImageProgress& progress, const fs::path& layout) const {
  return [this, watch, reference, &progress, layout] {
    need_room(reference, 0);  // whatever an image says of its size, the disk does not run full
    if (progress.step == ImageProgress::Step::fetching) {
      const LayoutSize size = size_of_layout(layout);
      progress.bytes_done = std::min(size.bytes, progress.bytes);
      progress.layers_done = std::min(size.blobs, progress.layers);
    }
    return watch(progress);
  };
}

ResolvedImage ImageStore::resolve(const ImageReference& reference, const RegistryAccess& access,
                                  const ImageWatch& watch) const {
  return registry_.resolve(reference, access, [&] { return watch(ImageProgress{}); });
}

UnpackedImage ImageStore::pull(const ImageReference& reference, const ResolvedImage& resolved,
                               const RegistryAccess& access, const ImageWatch& watch) {
  if (auto there = find(resolved.digest)) return *there;
  const std::string name = reference.text();
  need_room(name, resolved.bytes * 2);  // the layers, and at least as much again unpacked
  const TemporaryDirectory directory(work());
  const fs::path layout = directory.path() / "layout";
  ImageProgress progress{ImageProgress::Step::fetching, 0, resolved.layers, 0, resolved.bytes};
  registry_.fetch(reference, resolved.digest, access, layout,
                  guarded(watch, name, progress, layout));
  return settle(layout, resolved.digest, name, progress, watch);
}

UnpackedImage ImageStore::load(const fs::path& archive, const std::string& name,
                               const ImageWatch& watch) {
  const TemporaryDirectory directory(work());
  const fs::path layout = directory.path() / "layout";
  // Beside the layout: the one place that the program sees.
  const fs::path inside = directory.path() / "archive";
  fs::rename(archive, inside);
  ImageProgress progress{ImageProgress::Step::fetching, 0, 0, 0, 0};
  registry_.read_archive(inside, name, layout, guarded(watch, name, progress, layout));
  const ImageConfiguration configuration = read_layout(layout, name);
  if (configuration.architecture != machine_architecture()) {
    throw image_errors::wrong_architecture(name, "linux/" + machine_architecture(),
                                           configuration.os + "/" + configuration.architecture);
  }
  if (auto there = find(configuration.digest)) return *there;
  fs::remove(inside);
  return settle(layout, configuration.digest, name, progress, watch);
}

UnpackedImage ImageStore::settle(const fs::path& layout, const std::string& digest,
                                 const std::string& reference, ImageProgress progress,
                                 const ImageWatch& watch) {
  const fs::path aside = layout.parent_path() / "image";
  make_directories(aside);
  progress.step = ImageProgress::Step::unpacking;
  progress.bytes_done = progress.bytes;
  progress.layers_done = progress.layers;
  // The tool may write beside the layout alone, so the tree grows there.
  UnpackedImage image =
      unpack_image(layout, read_layout(layout, reference), aside / "tree", hidden_, user_,
                   reference, guarded(watch, reference, progress, layout));
  image.digest = digest;
  image.reference = reference;
  image.unpacked_at =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  write_file_atomic(aside / "used", "", Durable::no);
  write_file_atomic(aside / "image.json", to_text(to_json(image)), Durable::no);
  sync_all(aside);
  std::error_code raced;
  fs::rename(aside, place(digest), raced);
  if (raced && !find(digest)) throw_errno("rename", aside.native(), raced.value());
  sync_directory(root_);
  return image;
}

std::vector<ImageStore::Kept> ImageStore::list() const {
  std::vector<Kept> kept;
  for (const fs::directory_entry& entry : fs::directory_iterator(root_)) {
    const std::string digest = "sha256:" + entry.path().filename().native();
    if (!is_image_digest(digest)) continue;
    struct stat status{};
    if (::stat((entry.path() / "used").c_str(), &status) != 0) continue;
    const auto image = find(digest);
    if (!image) continue;
    kept.push_back({*image, TimePoint(std::chrono::seconds(status.st_mtim.tv_sec))});
  }
  std::ranges::sort(kept, {}, &Kept::used_at);
  return kept;
}

void ImageStore::note_use(const std::string& digest) const {
  // Only decides who is removed first: a failure is nobody's loss.
  (void)::utimensat(AT_FDCWD, (place(digest) / "used").c_str(), nullptr, 0);
}

void ImageStore::retire(const std::string& digest) {
  make_directories(root_ / kRetired);
  std::error_code error;
  fs::rename(place(digest), root_ / kRetired / random_name("image-"), error);
  if (error) log::warning("image {} can't be removed: {}", digest, error.message());
}

void ImageStore::clear_retired() {
  remove_tree(root_ / kRetired);
}

}  // namespace cloudbrain
