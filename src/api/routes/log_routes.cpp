// A task's log: raw, by lines, searched, live.
#include <charconv>

#include <fcntl.h>

#include "api/log_stream.h"
#include "api/routes.h"
#include "api/views.h"
#include "domain/state_machine.h"
#include "engines/task_folder.h"

namespace cloudbrain::api {

namespace {

constexpr std::int64_t kMostLines = 5000;

fs::path log_of(const Call& call) {
  const Task& task = call.task->task;
  return task_folder(call.services.tasks_root, task.id).log(std::max(1, task.attempt));
}

LogInfoView info(Call& call) {
  // The state first: a final task's log does not grow any more.
  const bool complete = is_final(call.task->task.state);
  const LogInfo log = call.services.logs.info(log_of(call));
  return {log.lines, log.bytes, complete};
}

LogLinesView lines(Call& call) {
  const std::int64_t from = call.request.query_number("from", 1, INT64_MAX).value_or(1);
  const std::int64_t count = call.request.query_number("count", 1, kMostLines).value_or(512);
  LogLinesView view;
  view.from = from;
  for (LogLine& line : call.services.logs.lines(log_of(call), from, count)) {
    view.lines.push_back({line.number, line.offset, std::move(line.text), line.updates, line.cut});
  }
  return view;
}

http::Response raw(Call& call) {
  Fd log = try_open_file(log_of(call), O_RDONLY);
  http::Response response = log ? http::Response::file(std::move(log), "text/plain; charset=utf-8")
                                : http::Response::text("", "text/plain; charset=utf-8");
  if (call.request.query("download")) {
    const Task& task = call.task->task;
    response.headers.set("Content-Disposition",
                         http::attachment(fmt::format("{}-{}-log.txt", task.request.name,
                                                      version_text(task.version))));
  }
  return response;
}

// NDJSON: {"line":n} for each line that holds the words, at last {"total":n}.
http::Response search(Call& call) {
  const std::string words(call.request.query("q").value_or(""));
  if (words.empty()) {
    throw Error::fields({{"q", "required", {"says what to look for.", "请输入要搜索的内容。"}}});
  }
  const bool ignore_case = call.request.query("case").value_or("ignore") != "exact";
  const std::int64_t limit = call.request.query_number("limit", 1, 1'000'000).value_or(100'000);
  std::string body;
  std::int64_t listed = 0;
  const std::int64_t total =
      call.services.logs.search(log_of(call), words, ignore_case, [&](std::int64_t line) {
        if (++listed <= limit) body += fmt::format("{{\"line\":{}}}\n", line);
        return true;
      });
  body += fmt::format("{{\"total\":{}}}\n", total);
  return http::Response::text(std::move(body), "application/x-ndjson");
}

// From ?from= or Last-Event-ID (a reconnecting EventSource sends it by itself), both byte offsets.
http::Response stream(Call& call) {
  std::int64_t offset = call.request.query_number("from", 0, INT64_MAX).value_or(0);
  if (const auto last = call.request.header("Last-Event-ID")) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(last->data(), last->data() + last->size(), number);
    if (parsed.ec == std::errc{} && number >= 0) offset = number;
  }
  return http::Response::events(std::make_unique<LogStream>(call.services, call.task->task, offset,
                                                            call.request.wants_chinese()));
}

}  // namespace

void add_log_routes(Operations& operations) {
  const std::string log = "/api/v2/tasks/{id}/log";
  operations.push_back(answers<LogInfoView>(
      {"GET", log + "/info", Right::read_task, Scope::read, "How many lines and bytes"}, info));
  operations.push_back(answers<LogLinesView>(
      {"GET", log, Right::read_task, Scope::read, "Lines of the log", {"from", "count"}}, lines));
  operations.push_back(responds({"GET",
                                 log + "/raw",
                                 Right::read_task,
                                 Scope::read,
                                 "The whole log, or a range of its bytes",
                                 {"download"}},
                                "text/plain", raw));
  operations.push_back(responds({"GET",
                                 log + "/search",
                                 Right::read_task,
                                 Scope::read,
                                 "Lines that hold these words",
                                 {"q", "case", "limit"}},
                                "application/x-ndjson", search));
  operations.push_back(responds({"GET",
                                 log + "/stream",
                                 Right::read_task,
                                 Scope::read,
                                 "The log and the state, live",
                                 {"from"}},
                                "text/event-stream", stream));
}

}  // namespace cloudbrain::api
