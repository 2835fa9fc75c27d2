// The files of a data set: up, down, unpacked again, and a look into what was unpacked.
#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/code_call.h"
#include "api/datasets/dataset_view.h"
#include "api/intake/dataset_intake.h"
#include "api/intake/upload_sink.h"
#include "api/routes.h"
#include "blobs/listing.h"

namespace cloudbrain::api {

namespace {

constexpr const char* kBytes = "application/octet-stream";

// How long an upload's answer waits for the archive to be unpacked. Small archives are told to be
// good or bad at once; for large ones the answer says "unpacking".
constexpr std::chrono::seconds kPatience{20};

http::Response answer_taken(const Call& call, const store::DatasetFiles::Added& taken, bool whole) {
  const bool is_ready = taken.file.state == store::DatasetState::ready;
  const int status = !taken.is_new ? 200 : is_ready ? 201 : 202;
  if (!whole) return answer(view_of(call, taken.file), status);
  const auto dataset = store::Datasets(call.services.database).find(taken.file.dataset);
  if (!dataset) return http::Response::empty(204);  // deleted at this very moment
  return answer(view_of(call, *dataset), status);
}

// `whole`: the answer is the data set, else the file.
std::unique_ptr<http::Sink> receive(Call& call, UploadTarget target, bool whole) {
  check_dataset_target(call.services, *call.project, target, call.request.content_length);
  return std::make_unique<UploadSink>(
      call, [target = std::move(target), whole](const Call& done, const Blob& blob) {
        return answer_taken(done,
                            take_dataset_file(done.services, *done.project, done.caller.user->id,
                                              target, blob, kPatience),
                            whole);
      });
}

std::unique_ptr<http::Sink> put_dataset(Call& call) {
  const std::string& name = call.request.arg("dataset");
  return receive(call, {.dataset = name, .model = {}, .version = {}, .file = name}, true);
}

std::unique_ptr<http::Sink> put_file(Call& call) {
  return receive(call,
                 {.dataset = call.request.arg("dataset"),
                  .model = {},
                  .version = {},
                  .file = call.request.arg("file")},
                 false);
}

Error bytes_missing(const store::DatasetFile& file) {
  return Error(ErrorKind::missing, "blob_missing",
               {fmt::format("The bytes of {} are not stored here.", file.name),
                fmt::format("{} 的内容不存在。", file.name)},
               {"Upload it again.", "请重新上传。"});
}

http::Response original(Call& call) {
  const store::DatasetFile file = find_dataset_file(call);
  Fd fd = call.services.blobs.open(file.sha256);
  if (!fd) throw bytes_missing(file);
  http::Response response = http::Response::file(std::move(fd), kBytes);
  response.headers.set("ETag", "\"" + file.sha256 + "\"");
  response.headers.set("Content-Disposition", http::attachment(file.name));
  return response;
}

// ---- what was unpacked --------------------------------------------------------------------------

// The tree, or the plain file itself.
fs::path unpacked(const Call& call, const store::DatasetFile& file) {
  if (file.state == store::DatasetState::ready) {
    if (const auto paths = call.services.shelf.find(file)) return paths->tree;
  }
  if (file.state == store::DatasetState::failed) {
    throw Error(ErrorKind::conflict, "dataset_not_ready",
                {fmt::format("{} could not be unpacked.", file.name),
                 fmt::format("{} 解压失败。", file.name)},
                {"Try again, or upload a sound archive.", "请重试解压，或重新上传完好的压缩包。"});
  }
  throw Error(ErrorKind::conflict, "dataset_not_ready",
              {fmt::format("{} is still being unpacked.", file.name),
               fmt::format("{} 仍在解压。", file.name)},
              {"Wait until its state is \"ready\".", "请等待其状态变为 ready。"});
}

Error entry_missing(const store::DatasetFile& file, std::string_view path) {
  return Error(ErrorKind::missing, "path_missing",
               {fmt::format("There is no \"{}\" in {}.", path, file.name),
                fmt::format("{} 中没有“{}”。", file.name, path)});
}

DatasetTreeView tree(Call& call) {
  const store::DatasetFile file = find_dataset_file(call);
  const fs::path root = unpacked(call, file);
  std::string path = call.request.arg("path");
  while (path.ends_with('/')) path.pop_back();
  DatasetTreeView view;
  if (!file.is_archive()) {
    if (!path.empty()) throw entry_missing(file, path);
    view.entries.push_back({file.name, file.name, false, file.size_bytes});
    return view;
  }
  const auto limit = call.request.query_number("limit", 1, 1000).value_or(200);
  auto page = list_directory_page(root, path, call.request.query("after").value_or(""),
                                  static_cast<std::size_t>(limit));
  if (!page) throw entry_missing(file, path);
  for (ListedEntry& entry : page->entries) {
    std::string name = entry.path.substr(entry.path.rfind('/') + 1);
    view.entries.push_back({std::move(entry.path), std::move(name), entry.dir, entry.size});
  }
  view.next = std::move(page->next);
  return view;
}

// What a user packed runs nothing on our origin: never HTML nor SVG, no guessing, a sandbox.
http::Response content(Call& call) {
  const store::DatasetFile file = find_dataset_file(call);
  const fs::path root = unpacked(call, file);
  const std::string& path = call.request.arg("path");
  Fd fd;
  if (file.is_archive()) {
    fd = open_beneath(root, path, O_RDONLY | O_NONBLOCK);
  } else if (path == file.name) {
    fd = call.services.blobs.open(file.sha256);
  }
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw entry_missing(file, path);
  }
  std::array<char, 4096> start{};
  const ssize_t read = ::pread(fd.get(), start.data(), start.size(), 0);
  if (read < 0) throw_errno("read", path);
  const auto count = static_cast<std::size_t>(read);
  const std::string type = shown_type({start.data(), count}, count < start.size());
  http::Response response = http::Response::file(std::move(fd), type);
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; object-src 'none'; frame-ancestors 'none'; sandbox");
  if (type == kBytes) {
    response.headers.set("Content-Disposition",
                         http::attachment(fs::path(path).filename().native()));
  }
  return response;
}

void add_put_routes(Operations& operations) {
  Operation whole = receives({"PUT",
                              std::string(kDatasetPath),
                              Right::write_project,
                              Scope::write,
                              "Upload a file as a data set of its own, or into one of its name",
                              {},
                              201},
                             put_dataset);
  whole.answer_schema = [](json::object& components) {
    return schema_of<DatasetView>(components, true);
  };
  operations.push_back(std::move(whole));
  Operation file = receives({"PUT",
                             std::string(kDatasetFilePath),
                             Right::write_project,
                             Scope::write,
                             "Upload a file into a data set, which is made where it is missing",
                             {},
                             201},
                            put_file);
  file.answer_schema = [](json::object& components) {
    return schema_of<DatasetFileView>(components, true);
  };
  operations.push_back(std::move(file));
}

}  // namespace

void add_dataset_file_routes(Operations& operations) {
  const std::string file(kDatasetFilePath);
  add_put_routes(operations);
  operations.push_back(responds(
      {"GET", file, Right::read_project, Scope::read, "A file of a data set, as it was uploaded"},
      kBytes, original));
  operations.push_back(responds(
      {"DELETE", file, Right::write_project, Scope::write, "Delete a file of a data set", {}, 204},
      "", [](Call& call) {
        call.services.shelf.remove(find_dataset_file(call));
        return http::Response::empty(204);
      }));
  operations.push_back(answers<DatasetFileView>(
      {"POST",
       file + "/unpack",
       Right::write_project,
       Scope::write,
       "Try again to unpack what failed",
       {},
       202},
      [](Call& call) {
        return view_of(call, call.services.shelf.retry(find_dataset_file(call)));
      }));
  operations.push_back(answers<DatasetTreeView>({"GET",
                                                 file + "/tree/{path...}",
                                                 Right::read_project,
                                                 Scope::read,
                                                 "A directory of what was unpacked",
                                                 {"limit", "after"}},
                                                tree));
  operations.push_back(responds({"GET", file + "/content/{path...}", Right::read_project,
                                 Scope::read, "A file of what was unpacked"},
                                "*/*", content));
}

}  // namespace cloudbrain::api
