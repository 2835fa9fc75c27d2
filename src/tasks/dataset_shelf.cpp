#include "tasks/dataset_shelf.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"

namespace cloudbrain {

namespace {

Error file_missing(std::string_view name) {
  return Error(
      ErrorKind::missing, "dataset_missing",
      {fmt::format("There is no data set {}.", name), fmt::format("没有数据集 {}。", name)});
}

}  // namespace

DatasetShelf::DatasetShelf(store::Database& database, ContentKeeper& contents, DatasetTrees& trees,
                           unsigned threads)
    : datasets_(database),
      files_(database),
      contents_(contents),
      trees_(trees),
      pool_("unpack", threads) {}

DatasetShelf::~DatasetShelf() {
  stop_.request_stop();
}

void DatasetShelf::on_settled(std::function<void(const std::string&)> callback) {
  on_settled_ = std::move(callback);
}

store::DatasetFiles::Added DatasetShelf::take(const store::Dataset& home, store::DatasetFile file,
                                              std::chrono::milliseconds patience) {
  file.state = file.is_archive() ? store::DatasetState::waiting : store::DatasetState::ready;
  file.progress = file.is_archive() ? 0 : 100;
  if (!file.is_archive()) file.entries = 1;
  store::DatasetFiles::Added added;
  contents_.insert(file.sha256, [&] { added = files_.add(home, file); });
  if (added.file.state == store::DatasetState::ready) return added;
  const std::shared_future<Outcome> outcome = unpack_later(added.file);
  if (outcome.wait_for(patience) == std::future_status::ready && outcome.get()) {
    if (added.is_new) give_back(added);
    throw Error(*outcome.get());
  }
  std::optional<store::DatasetFile> now = files_.find(added.file.id);
  if (!now) throw file_missing(added.file.name);
  added.file = *std::move(now);
  return added;
}

void DatasetShelf::give_back(const store::DatasetFiles::Added& added) {
  try {
    if (files_.take_back(added)) contents_.drop(added.file.sha256);
  } catch (const Error& error) {
    // A task was submitted with it meanwhile: the row stays, and says that it failed.
    log::info("data set file {} stays: {}", added.file.name, error.what());
  }
}

void DatasetShelf::resume() {
  for (const store::DatasetFile& file : files_.unfinished()) unpack_later(file);
  for (const std::string& sha256 : trees_.lost()) {
    for (const store::DatasetFile& file : files_.with_content(sha256)) {
      if (file.is_archive()) unpack_later(file);
    }
  }
}

store::DatasetFile DatasetShelf::retry(store::DatasetFile file) {
  if (file.state != store::DatasetState::failed) {
    throw Error(
        ErrorKind::conflict, "not_failed",
        {fmt::format("The unpacking of {} has not failed; it is {}.", file.name,
                     enum_name(file.state)),
         fmt::format("{} 的解压没有失败，当前状态为 {}。", file.name, enum_name(file.state))});
  }
  file.state = store::DatasetState::waiting;
  file.progress = 0;
  file.failure.reset();
  if (!files_.update(file)) throw file_missing(file.name);
  unpack_later(file);
  return file;
}

std::optional<DatasetPaths> DatasetShelf::find(const store::DatasetFile& file) {
  if (!file.is_archive()) return trees_.plain(file.sha256);
  if (auto paths = trees_.ready(file.sha256, file.folder)) return paths;
  unpack_later(file);
  return std::nullopt;
}

// A server that is killed between the row and the bytes leaves the bytes to ContentKeeper::sweep().
void DatasetShelf::remove(const store::Dataset& dataset) {
  const auto contents = datasets_.remove(dataset.id);
  if (!contents) throw file_missing(dataset.name);
  for (const std::string& sha256 : *contents) contents_.drop(sha256);
}

void DatasetShelf::remove(const store::DatasetFile& file) {
  if (!files_.remove(file)) throw file_missing(file.name);
  contents_.drop(file.sha256);
}

std::shared_future<DatasetShelf::Outcome> DatasetShelf::unpack_later(
    const store::DatasetFile& file) {
  const std::lock_guard lock(mutex_);
  const auto [job, is_new] = under_way_.try_emplace(file.id);
  if (is_new) pool_.post(file.sha256, [this, file] { unpack(file); });
  return job->second.outcome;
}

void DatasetShelf::unpack(store::DatasetFile file) {
  Outcome failure;
  bool given_up = false;
  try {
    file.state = store::DatasetState::unpacking;
    file.progress = 0;
    file.failure.reset();
    given_up = !files_.update(file);  // deleted meanwhile
    if (!given_up) make_ready(file);
  } catch (const Error& error) {
    // The server ends: the row stays as it is, the next start goes on. Or the data set was deleted.
    given_up = error.code() == "unpack_cancelled";
    file.state = store::DatasetState::failed;
    file.failure = Reason{error.code(), error.message(), error.next()};
    if (!given_up) failure = error;
  }
  if (failure) log::warning("{} can't be unpacked: {}", file.name, failure->what());
  // Before the row says that it ended: who sees that, and asks for it again, gets a new job.
  std::promise<Outcome> promise = end_job(file.id);
  try {
    if (!given_up) files_.update(file);
  } catch (const Error& error) {
    // The disk is full. The row says "unpacking", so whoever asks for it next has it done again.
    log::error("data set file {}: {}", file.id.value, error.what());
    if (!failure) failure = error;
  }
  promise.set_value(std::move(failure));
  if (on_settled_) on_settled_(file.sha256);
}

void DatasetShelf::make_ready(store::DatasetFile& file) {
  const UnpackProgress note = [&](std::uint64_t read, std::uint64_t total) {
    const int percent = total == 0 ? 0 : static_cast<int>(read * 100 / total);
    if (percent < file.progress + 5) return;  // twenty writes for a whole archive
    file.progress = percent;
    files_.note_progress(file.sha256, percent);
  };
  trees_.prepare(file.sha256, file.folder, note, stop_.get_token());
  file.state = store::DatasetState::ready;
  file.progress = 100;
  if (const auto facts = trees_.facts(file.sha256)) file.entries = facts->files;
}

std::promise<DatasetShelf::Outcome> DatasetShelf::end_job(DatasetFileId id) {
  const std::lock_guard lock(mutex_);
  return std::move(under_way_.extract(id).mapped().promise);
}

}  // namespace cloudbrain
