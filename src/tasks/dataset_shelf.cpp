#include "tasks/dataset_shelf.h"

#include <fmt/format.h>

#include "base/log.h"

namespace cloudbrain {

DatasetShelf::DatasetShelf(store::Database& database, ContentKeeper& contents, DatasetTrees& trees,
                           unsigned threads)
    : datasets_(database), contents_(contents), trees_(trees), pool_("unpack", threads) {}

DatasetShelf::~DatasetShelf() {
  stop_.request_stop();
}

void DatasetShelf::on_settled(std::function<void(const std::string&)> callback) {
  on_settled_ = std::move(callback);
}

store::Dataset DatasetShelf::take(store::Dataset row, std::chrono::milliseconds patience) {
  row.state = store::DatasetState::waiting;
  contents_.insert(row.sha256, [&] { row.id = datasets_.insert(row); });
  {
    const std::lock_guard lock(mutex_);
    awaited_.try_emplace(row.id);
  }
  unpack_later(row);
  std::optional<Error> failure;
  {
    std::unique_lock lock(mutex_);
    done_.wait_for(lock, patience, [&] { return !under_way_.contains(row.id); });
    failure = std::move(awaited_.extract(row.id).mapped());
  }
  const std::optional<store::Dataset> now = datasets_.find(row.id);
  if (!now)
    throw Error(ErrorKind::missing, "dataset_missing",
                {"The data set was removed.", "数据集已被删除。"});
  if (!failure) return *now;
  remove(*now);
  throw Error(*failure);
}

void DatasetShelf::resume() {
  for (const store::Dataset& row : datasets_.unfinished()) unpack_later(row);
}

std::optional<DatasetPaths> DatasetShelf::find(const store::Dataset& row) {
  if (auto paths = trees_.ready(row.sha256, row.folder)) return paths;
  unpack_later(row);
  return std::nullopt;
}

void DatasetShelf::remove(const store::Dataset& row) {
  if (!datasets_.remove(row.id)) {
    throw Error(ErrorKind::missing, "dataset_missing",
                {fmt::format("There is no data set {}.", row.name),
                 fmt::format("没有数据集 {}。", row.name)});
  }
  contents_.drop(row.sha256);
}

void DatasetShelf::unpack_later(const store::Dataset& row) {
  {
    const std::lock_guard lock(mutex_);
    if (!under_way_.insert(row.id).second) return;
  }
  pool_.post(row.sha256, [this, row] { unpack(row); });
}

void DatasetShelf::unpack(store::Dataset row) {
  std::optional<Error> failure;
  try {
    row.state = store::DatasetState::unpacking;
    row.progress = 0;
    datasets_.update(row);
    trees_.prepare(
        row.sha256, row.folder,
        [&](std::uint64_t read, std::uint64_t total) { note_progress(row, read, total); },
        stop_.get_token());
    row.state = store::DatasetState::ready;
    row.progress = 100;
    row.failure.reset();
    if (const auto facts = trees_.facts(row.sha256)) row.files = facts->files;
  } catch (const Error& error) {
    // Cancelled because the server ends: the row stays as it is, the next start goes on.
    if (error.code() == "unpack_cancelled") return;
    log::warning("data set {} can't be unpacked: {}", row.id.value, error.what());
    failure = error;
    row.state = store::DatasetState::failed;
    row.failure = error.message();
  }
  try {
    datasets_.update(row);
  } catch (const Error& error) {
    // The disk is full. The row says "unpacking", so whoever asks for it next has it done again.
    log::error("data set {}: {}", row.id.value, error.what());
    if (!failure) failure = error;
  }
  settled(row, failure);
}

void DatasetShelf::note_progress(store::Dataset& row, std::uint64_t read, std::uint64_t total) {
  const int percent = total == 0 ? 0 : static_cast<int>(read * 100 / total);
  if (percent < row.progress + 5) return;  // twenty writes for a whole archive
  row.progress = percent;
  datasets_.update(row);
}

void DatasetShelf::settled(const store::Dataset& row, const std::optional<Error>& failure) {
  {
    const std::lock_guard lock(mutex_);
    under_way_.erase(row.id);
    const auto awaited = awaited_.find(row.id);
    if (awaited != awaited_.end()) awaited->second = failure;
  }
  done_.notify_all();
  if (on_settled_) on_settled_(row.sha256);
}

}  // namespace cloudbrain
