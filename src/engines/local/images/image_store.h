// The unpacked images of this machine: one read-only tree per image, by digest, that every task of
// the image shares.
//
//   <root>/<64 hex>/image.json   UnpackedImage
//                  /tree/        the root file system; owners as outer_id() has them
//                  /used         its time of change is when a task last took the image
//   <root>/.work/                what is being made; emptied at start
//   <root>/.retired/             what is being removed
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/image.h"
#include "engines/local/images/registry.h"
#include "engines/local/task_user.h"

namespace cloudbrain {

// How far the making of an image has come.
struct ImageProgress {
  enum class Step { asking, fetching, unpacking };
  Step step = Step::asking;
  std::int64_t layers_done = 0;
  std::int64_t layers = 0;
  std::int64_t bytes_done = 0;
  std::int64_t bytes = 0;
};
// Told about five times a second; false ends the work.
using ImageWatch = std::function<bool(const ImageProgress&)>;

// Safe from any thread; two calls that make one image at once waste work, nothing else. An image is
// there whole or not at all, also after kill -9 or a power cut: it is made aside, synced, renamed.
class ImageStore {
 public:
  // `hidden`: the data directory, that no program sees which handles an image.
  ImageStore(fs::path root, fs::path hidden);

  // Why no image can be had or run here; empty where it can.
  std::optional<Text> why_none() const;

  std::optional<UnpackedImage> find(const std::string& digest) const;
  fs::path tree(const std::string& digest) const;

  ResolvedImage resolve(const ImageReference& reference, const RegistryAccess& access,
                        const ImageWatch& watch) const;
  // The whole way from a registry, or from an archive of `docker save` or an OCI layout. Throws the
  // Errors of image_errors.h. An image that is there already is only looked at.
  UnpackedImage pull(const ImageReference& reference, const ResolvedImage& resolved,
                     const RegistryAccess& access, const ImageWatch& watch);
  UnpackedImage load(const fs::path& archive, const std::string& name, const ImageWatch& watch);

  struct Kept {
    UnpackedImage image;
    TimePoint used_at;
  };
  std::vector<Kept> list() const;
  // A task takes it now.
  void note_use(const std::string& digest) const;
  // Takes it away, at once; its files stay until clear_retired(). The caller knows that nobody uses
  // it.
  void retire(const std::string& digest);
  void clear_retired();

  std::int64_t free_bytes() const;
  // A directory on the store's disk for an archive that is being uploaded.
  fs::path work() const { return root_ / ".work"; }
  // So much of the disk is never taken by images.
  static constexpr std::int64_t kReserve = std::int64_t{256} << 20U;

 private:
  fs::path place(const std::string& digest) const;
  UnpackedImage settle(const fs::path& layout, const std::string& digest,
                       const std::string& reference, ImageProgress progress,
                       const ImageWatch& watch);
  void need_room(const std::string& reference, std::int64_t bytes) const;
  GoOn guarded(const ImageWatch& watch, const std::string& reference, ImageProgress& progress,
               const fs::path& layout) const;

  const fs::path root_;
  const fs::path hidden_;
  const TaskUser user_;
  const Registry registry_;
};

}  // namespace cloudbrain
