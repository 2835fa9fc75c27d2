// The images of tasks: fetched once however many tasks wait for them, given up when nobody does,
// and removed again when the disk is short of room.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/keyed_pool.h"
#include "domain/task.h"
#include "engines/local/images/image_store.h"
#include "store/database.h"
#include "tasks/images/image_choice.h"

namespace cloudbrain {

// Safe from any thread. Nothing is kept that a restart would need: a task that was held asks again.
class ImageShelf {
 public:
  struct Parts {
    store::Database& database;
    ImageStore& store;
    const Clock& clock;
    fs::path tasks_root;
  };
  explicit ImageShelf(Parts parts);
  ~ImageShelf();
  ImageShelf(const ImageShelf&) = delete;
  ImageShelf& operator=(const ImageShelf&) = delete;

  // Called with Found::held_by once that image is there or has failed. Set before use.
  void on_settled(std::function<void(const std::string& key)> callback);

  struct Found {
    std::optional<TaskImage> image;  // it is there; nobody removes it before leave()
    std::optional<Reason> failed;
    std::string held_by;  // being fetched
  };
  // What became of the task's image; begins to fetch it where nobody has. Never waits.
  Found take(TaskId task, const ImageChoice& choice);
  // The task has ended: what only it waited for is given up, what only it used may go.
  void leave(TaskId task);
  // How far the image has come that this task waits for.
  std::optional<Reason> progress(TaskId task) const;

  // Fetches an image of the catalogue though no task waits, and pins what its tag stands for now.
  void fetch(const store::Image& image);
  // Unpacks an uploaded archive as the image of this row. The file is ours from here on.
  void load(const store::Image& image, const fs::path& archive);
  // Of a row that is being fetched or unpacked now.
  std::optional<ImageProgress> progress_of(ImageId row) const;
  // The row is gone: stops what is being done for it.
  void forget(ImageId row);

  // Removes images that no task uses, those first that were not used for the longest, until so many
  // bytes are free; without a number all of them. Never those of an archive that the catalogue
  // still has: they could not be fetched again. Gives the bytes that became free.
  std::int64_t collect(std::optional<std::int64_t> wanted_free);
  // Digests of images that tasks use or wait for.
  std::set<std::string> in_use() const;

  ImageStore& store() { return parts_.store; }

 private:
  struct Job {
    ImageChoice choice;
    fs::path archive;            // to be loaded, in place of a fetch
    bool for_catalogue = false;  // goes on though no task waits
    std::set<TaskId> tasks;
    ImageProgress progress;
    std::stop_source stop;
    std::optional<TaskImage> image;  // done
    std::optional<Reason> failed;    // done
    bool done() const { return image || failed; }
  };

  void begin(const std::string& key, Job job);
  void work(const std::string& key);
  TaskImage make(const std::string& key, const ImageChoice& choice, const fs::path& archive);
  ImageWatch watch(const std::string& key);
  void finish(const std::string& key, std::optional<TaskImage> image, std::optional<Reason> failed);
  void note_in_catalogue(const ImageChoice& choice, const std::optional<TaskImage>& image,
                         const std::optional<Reason>& failed);
  Found found_in(Job& job, TaskId task, const std::string& key);

  Parts parts_;
  std::function<void(const std::string&)> on_settled_;
  mutable std::mutex mutex_;  // guards the next three
  std::map<std::string, Job> jobs_;
  std::map<TaskId, std::string> taken_;  // digests
  struct Recent {
    TaskImage image;
    TimePoint at;
  };
  std::map<std::string, Recent> recent_;  // what an external reference stood for a moment ago
  std::mutex collecting_;
  std::stop_source stop_;
  KeyedPool pool_;  // by key
};

}  // namespace cloudbrain
