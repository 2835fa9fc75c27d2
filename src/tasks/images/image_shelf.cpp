#include "tasks/images/image_shelf.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "engines/task_folder.h"
#include "store/tasks.h"

namespace cloudbrain {

namespace {

constexpr unsigned kFetches = 4;  // at once; the network and the disk are shared anyway
constexpr std::chrono::seconds kRecent{60};
// Of the compressed layers: as layers, and unpacked.
constexpr std::int64_t kRoomFactor = 4;

Reason reason_of(const Error& error) {
  return {error.code(), error.message(), error.next()};
}

Reason pulling(const std::string& name, const ImageProgress& progress) {
  const auto megabytes = [](std::int64_t bytes) { return bytes >> 20; };
  switch (progress.step) {
    case ImageProgress::Step::asking:
      break;
    case ImageProgress::Step::fetching:
      return {
          "pulling_image",
          {fmt::format("The image {} is being fetched: {} of {} layers, {} of {} MB.", name,
                       progress.layers_done, progress.layers, megabytes(progress.bytes_done),
                       megabytes(progress.bytes)),
           fmt::format("正在拉取镜像 {}：{}/{} 层，{}/{} MB。", name, progress.layers_done,
                       progress.layers, megabytes(progress.bytes_done), megabytes(progress.bytes))},
          {}};
    case ImageProgress::Step::unpacking:
      return {"unpacking_image",
              {fmt::format("The image {} is being unpacked.", name),
               fmt::format("正在解包镜像 {}。", name)},
              {}};
  }
  return {"pulling_image",
          {fmt::format("The registry is asked for the image {}.", name),
           fmt::format("正在向镜像仓库查询镜像 {}。", name)},
          {}};
}

std::string key_of_row(ImageId row) {
  return fmt::format("archive:{}", row.value);
}

}  // namespace

ImageShelf::ImageShelf(Parts parts) : parts_(std::move(parts)), pool_("images", kFetches) {}

ImageShelf::~ImageShelf() {
  stop_.request_stop();
}

void ImageShelf::on_settled(std::function<void(const std::string&)> callback) {
  on_settled_ = std::move(callback);
}

ImageShelf::Found ImageShelf::take(TaskId task, const ImageChoice& choice) {
  const std::string key = choice.from_archive ? key_of_row(choice.row) : choice.key();
  const std::lock_guard lock(mutex_);
  const auto here = [&](const TaskImage& image) {
    taken_[task] = image.digest;
    return Found{image, {}, {}};
  };
  if (const auto job = jobs_.find(key); job != jobs_.end()) {
    const bool lost = job->second.image && !parts_.store.find(job->second.image->digest);
    const bool heard = !job->second.done() || job->second.tasks.contains(task);
    if (heard && !lost) return found_in(job->second, task, key);
  }
  if (!choice.digest.empty() && parts_.store.find(choice.digest)) {
    return here({choice.digest, choice.from_archive ? "" : choice.reference.text()});
  }
  const auto recent = recent_.find(key);
  if (recent != recent_.end() && parts_.clock.now() - recent->second.at < kRecent &&
      parts_.store.find(recent->second.image.digest)) {
    return here(recent->second.image);
  }
  if (choice.from_archive) {
    return {{},
            Reason{"image_not_loaded",
                   {"The archive of this image is not unpacked on the server.",
                    "该镜像的归档未在服务器上解包。"},
                   {"The administrator uploads it again: cloudbrain image load NAME FILE.",
                    "请管理员重新上传：cloudbrain image load 名称 文件。"}},
            {}};
  }
  Job job;
  job.choice = choice;
  job.tasks.insert(task);
  begin(key, std::move(job));
  return {{}, {}, key};
}

// With mutex_ held. Each task hears of an end once; when all have, the job is forgotten.
ImageShelf::Found ImageShelf::found_in(Job& job, TaskId task, const std::string& key) {
  if (!job.done()) {
    job.tasks.insert(task);
    return {{}, {}, key};
  }
  Found found{job.image, job.failed, {}};
  if (found.image) taken_[task] = found.image->digest;
  job.tasks.erase(task);
  if (job.tasks.empty()) jobs_.erase(key);
  return found;
}

void ImageShelf::leave(TaskId task) {
  const std::lock_guard lock(mutex_);
  taken_.erase(task);
  for (auto at = jobs_.begin(); at != jobs_.end();) {
    Job& job = at->second;
    const bool was_last = job.tasks.erase(task) > 0 && job.tasks.empty();
    if (was_last && job.done()) {
      at = jobs_.erase(at);
      continue;
    }
    if (was_last && !job.for_catalogue) job.stop.request_stop();
    ++at;
  }
}

std::optional<Reason> ImageShelf::progress(TaskId task) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, job] : jobs_) {
    if (!job.tasks.contains(task) || job.done()) continue;
    return pulling(job.choice.reference.text(), job.progress);
  }
  return std::nullopt;
}

void ImageShelf::fetch(const store::Image& image) {
  ImageChoice choice;
  choice.row = image.id;
  choice.reference = parse_image_reference(image.reference);
  const auto access =
      store::Registries(parts_.database).find(ProjectId{}, choice.reference.registry);
  if (access) choice.access = {access->user_name, access->password, access->plain_http};
  const std::lock_guard lock(mutex_);
  const auto there = jobs_.find(choice.key());
  if (there != jobs_.end() && !there->second.done()) {
    there->second.for_catalogue = true;
    return;
  }
  Job job;
  job.for_catalogue = true;
  job.choice = choice;
  begin(choice.key(), std::move(job));
}

void ImageShelf::load(const store::Image& image, const fs::path& archive) {
  Job job;
  job.for_catalogue = true;
  job.archive = archive;
  job.choice.row = image.id;
  job.choice.from_archive = true;
  job.choice.reference.repository = image.name;
  const std::lock_guard lock(mutex_);
  begin(key_of_row(image.id), std::move(job));
}

std::optional<ImageProgress> ImageShelf::progress_of(ImageId row) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, job] : jobs_) {
    if (job.choice.row == row && !job.done()) return job.progress;
  }
  return std::nullopt;
}

void ImageShelf::forget(ImageId row) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, job] : jobs_) {
    if (job.choice.row == row) job.stop.request_stop();
  }
}

// With mutex_ held.
void ImageShelf::begin(const std::string& key, Job job) {
  jobs_.insert_or_assign(key, std::move(job));
  pool_.post(key, [this, key] { work(key); });
}

ImageWatch ImageShelf::watch(const std::string& key) {
  return [this, key](const ImageProgress& progress) {
    const std::lock_guard lock(mutex_);
    const auto job = jobs_.find(key);
    if (job == jobs_.end() || job->second.stop.stop_requested() || stop_.stop_requested())
      return false;
    job->second.progress = progress;
    return true;
  };
}

void ImageShelf::work(const std::string& key) {
  ImageChoice choice;
  fs::path archive;
  {
    const std::lock_guard lock(mutex_);
    const auto job = jobs_.find(key);
    if (job == jobs_.end() || job->second.done()) return;
    choice = job->second.choice;
    archive = job->second.archive;
  }
  std::optional<TaskImage> image;
  std::optional<Reason> failed;
  try {
    image = make(key, choice, archive);
  } catch (const Error& error) {
    failed = reason_of(error);
  } catch (const std::exception& error) {
    failed = Reason{"image_pull_failed", {error.what(), error.what()}, {}};
  }
  if (!archive.empty()) remove_tree(archive);
  finish(key, std::move(image), std::move(failed));
}

TaskImage ImageShelf::make(const std::string& key, const ImageChoice& choice,
                           const fs::path& archive) {
  const ImageWatch go_on = watch(key);
  if (choice.from_archive) {
    const std::string& name = choice.reference.repository;
    collect(static_cast<std::int64_t>(fs::file_size(archive)) * kRoomFactor + ImageStore::kReserve);
    return {parts_.store.load(archive, name, go_on).digest, name};
  }
  const ResolvedImage resolved = parts_.store.resolve(choice.reference, choice.access, go_on);
  if (!parts_.store.find(resolved.digest))
    collect(resolved.bytes * kRoomFactor + ImageStore::kReserve);
  return {parts_.store.pull(choice.reference, resolved, choice.access, go_on).digest,
          choice.reference.text()};
}

void ImageShelf::finish(const std::string& key, std::optional<TaskImage> image,
                        std::optional<Reason> failed) {
  if (failed) log::warning("image {}: {}", key, failed->message.en);
  bool again = false;
  ImageId row;
  ImageChoice choice;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(key);
    if (found == jobs_.end()) return;
    Job& job = found->second;
    choice = job.choice;
    row = choice.row;
    if (failed && failed->code == "image_stopped") {
      // Somebody came when it was given up already: once more, for them.
      again = !job.tasks.empty() && !stop_.stop_requested();
      row = {};
      if (again) {
        Job fresh;
        fresh.choice = job.choice;
        fresh.tasks = job.tasks;
        begin(key, std::move(fresh));
      } else {
        jobs_.erase(found);
      }
    } else {
      if (image) recent_[key] = {*image, parts_.clock.now()};
      job.image = image;
      job.failed = failed;
      for (const TaskId task : job.tasks) {
        if (image) taken_[task] = image->digest;
      }
      if (job.tasks.empty()) jobs_.erase(found);
    }
  }
  if (again) return;
  if (row) note_in_catalogue(choice, image, failed);
  if (on_settled_) on_settled_(key);
}

// Unless the row has come to mean something else meanwhile.
void ImageShelf::note_in_catalogue(const ImageChoice& choice, const std::optional<TaskImage>& image,
                                   const std::optional<Reason>& failed) {
  const store::Images images(parts_.database);
  std::optional<store::Image> there = images.find(choice.row);
  if (!there || there->from_archive != choice.from_archive) return;
  if (!choice.from_archive) {
    ImageReference now = parse_image_reference(there->reference);
    if (now.digest.empty()) now.digest = choice.reference.digest;
    if (now != choice.reference) return;
  }
  if (image) there->digest = image->digest;
  there->failure = failed;
  store::Images(parts_.database).update(*there);
}

std::set<std::string> ImageShelf::in_use() const {
  std::set<std::string> digests;
  for (const Task& task : store::Tasks(parts_.database).live()) {
    const auto text = try_read_file(task_folder(parts_.tasks_root, task.id).path / "image.json");
    if (text)
      digests.insert(from_json<TaskImage>(parse_json(*text), UnknownMembers::ignore).digest);
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [task, digest] : taken_) digests.insert(digest);
  return digests;
}

std::int64_t ImageShelf::collect(std::optional<std::int64_t> wanted_free) {
  const std::lock_guard turn(collecting_);
  std::int64_t gained = 0;
  if (wanted_free && parts_.store.free_bytes() >= *wanted_free) return gained;
  std::set<std::string> keep = in_use();
  for (const store::Image& image : store::Images(parts_.database).all()) {
    if (image.from_archive) keep.insert(image.digest);
  }
  for (const ImageStore::Kept& kept : parts_.store.list()) {
    if (wanted_free && parts_.store.free_bytes() >= *wanted_free) break;
    if (keep.contains(kept.image.digest)) continue;
    {
      // A task that takes it in this moment is heard of under this lock, before or after.
      const std::lock_guard lock(mutex_);
      if (std::ranges::any_of(taken_,
                              [&](const auto& one) { return one.second == kept.image.digest; }))
        continue;
      parts_.store.retire(kept.image.digest);
    }
    log::info("image {} is removed: nobody uses it", kept.image.reference);
    gained += kept.image.size_bytes;
    parts_.store.clear_retired();
  }
  return gained;
}

}  // namespace cloudbrain
