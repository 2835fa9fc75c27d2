#include "api/log_stream.h"

#include "api/task_view.h"
#include "base/json.h"
#include "domain/state_machine.h"
#include "engines/task_folder.h"

namespace cloudbrain::api {

namespace {

constexpr std::size_t kEnough = 192U << 10U;

// Until the first attempt starts, its log is the one to wait for.
fs::path log_of(const Services& services, const Task& task) {
  return task_folder(services.tasks_root, task.id).log(std::max(1, task.attempt));
}

}  // namespace

LogStream::LogStream(const Services& services, const Task& task, std::int64_t offset, bool chinese)
    : services_(services),
      task_(task.id),
      chinese_(chinese),
      follower_(services.watcher, log_of(services, task), offset) {}

void LogStream::on_ready(std::function<void()> wake) {
  follower_.on_growth(wake);
  subscription_ = services_.feed.subscribe(task_, [this, wake = std::move(wake)] {
    state_changed_ = true;
    wake();
  });
}

bool LogStream::append_state(std::string& out) {
  const auto row = store::Tasks(services_.database).find_listed(task_);
  if (!row) return true;  // deleted under our feet
  http::append_event(out, to_text(to_json(task_view(*row, chinese_))), "state");
  return is_final(row->task.state);
}

http::Source::Step LogStream::read(std::string& out) {
  // The state first: once it is final the log is whole, so what is read after it is all there is.
  if (state_changed_.exchange(false)) final_ = append_state(out);
  while (out.size() < kEnough) {
    const auto piece = follower_.read(final_);
    if (!piece) {
      if (!final_) return Step::wait;
      http::append_event(out, "{}", "end");
      return Step::end;
    }
    const json::object data{{"offset", piece->offset}, {"text", piece->text}};
    http::append_event(out, json::serialize(data), "log", std::to_string(piece->end));
  }
  return Step::more;
}

}  // namespace cloudbrain::api
