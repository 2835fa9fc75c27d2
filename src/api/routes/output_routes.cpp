// What a task wrote: listed and downloaded, also while it runs.
#include <fcntl.h>
#include <sys/stat.h>

#include "api/routes.h"
#include "api/views.h"
#include "blobs/listing.h"
#include "blobs/zip_stream.h"
#include "engines/task_folder.h"

namespace cloudbrain::api {

namespace {

fs::path output_of(const Call& call) {
  return task_folder(call.services.tasks_root, call.task->task.id).output();
}

Error path_missing(std::string_view path) {
  return Error(ErrorKind::missing, "path_missing",
               {fmt::format("There is no \"{}\" in the results.", path),
                fmt::format("结果中没有“{}”。", path)});
}

OutputView list(Call& call) {
  const std::string path(call.request.query("path").value_or(""));
  const auto entries = list_directory(output_of(call), path);
  // Nothing was written yet: an empty list, not an error.
  if (!entries && !path.empty()) throw path_missing(path);
  OutputView view;
  if (!entries) return view;
  for (const ListedEntry& entry : *entries) {
    view.entries.push_back({entry.path, entry.size, entry.modified_at, entry.dir});
  }
  return view;
}

http::Response file(Call& call) {
  const std::string& path = call.request.arg("path");
  // O_NONBLOCK: a named pipe in the results must not hold a worker.
  Fd fd = open_beneath(output_of(call), path, O_RDONLY | O_NONBLOCK);
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw path_missing(path);
  http::Response response = http::Response::file(std::move(fd), "application/octet-stream");
  response.headers.set("Content-Disposition", http::attachment(fs::path(path).filename().native()));
  return response;
}

class ZipSource final : public http::Source {
 public:
  explicit ZipSource(ZipStream zip) : zip_(std::move(zip)) {}
  Step read(std::string& out) override {
    std::string piece;
    const bool more = zip_.read(piece);
    out += piece;
    return more ? Step::more : Step::end;
  }

 private:
  ZipStream zip_;
};

http::Response zip(Call& call) {
  const std::string path(call.request.query("path").value_or(""));
  const Task& task = call.task->task;
  const std::string name = task.request.name + "-" + version_text(task.version);
  make_directories(output_of(call));
  http::Response response = http::Response::stream(
      std::make_unique<ZipSource>(ZipStream(output_of(call), path, name)), "application/zip");
  response.headers.set("Content-Disposition", http::attachment(name + ".zip"));
  return response;
}

}  // namespace

void add_output_routes(Operations& operations) {
  const std::string output = "/api/v2/tasks/{id}/output";
  operations.push_back(answers<OutputView>(
      {"GET", output, Right::read_task, Scope::read, "Results of a task", {"path"}}, list));
  operations.push_back(responds(
      {"GET", output + "/{path...}", Right::read_task, Scope::read, "A file of the results"},
      "application/octet-stream", file));
  operations.push_back(responds({"GET",
                                 output + ".zip",
                                 Right::read_task,
                                 Scope::read,
                                 "A folder of the results as a zip",
                                 {"path"}},
                                "application/zip", zip));
}

}  // namespace cloudbrain::api
