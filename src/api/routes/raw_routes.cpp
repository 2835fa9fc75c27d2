// A commit's bytes as they are: one file, or all of them as a zip.
#include "api/code_call.h"
#include "api/routes.h"
#include "git/reading/raw_output.h"

namespace cloudbrain::api {

namespace {

constexpr std::size_t kReadWhole = 4U << 20U;

http::Response pipe_of(const ProcessOptions& command, std::string_view type) {
  ChildProcess git = ChildProcess::start(command, {.output = true});
  http::Pipe pipe;
  pipe.output = std::move(git.output());
  pipe.child = std::move(git);
  return http::Response::pipe(std::move(pipe), type);
}

// What a user wrote runs nothing on our origin: never HTML nor SVG, no guessing, a sandbox.
http::Response raw(Call& call) {
  const std::string& path = call.request.arg("path");
  const std::string commit = revision_of(call, call.request.arg("ref"));
  RevisionReader& revisions = call.services.revisions;
  const auto info = revisions.find_file(call.project->id, commit, path);
  if (!info) throw path_missing(path);
  http::Response response;
  if (info->size > kReadWhole) {
    response = pipe_of(blob_command(call.services.repositories, call.project->id, info->id),
                       "application/octet-stream");
  } else {
    auto bytes = revisions.read_file(call.project->id, commit, path, kReadWhole);
    if (!bytes) throw path_missing(path);
    const std::string type = type_of(path, *bytes).media_type;
    response = http::Response::text(std::move(*bytes), type);
  }
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; object-src 'none'; frame-ancestors 'none'; sandbox");
  response.headers.set("ETag", "\"" + info->id + "\"");
  return response;
}

// A branch's name with nothing in it that a file's name cannot have.
std::string file_name_of(std::string ref) {
  std::ranges::replace(ref, '/', '-');
  return ref;
}

http::Response archive(Call& call) {
  const std::string& ref = call.request.arg("ref");
  const std::string commit = revision_of(call, ref);
  const std::string folder = call.project->name + "-" + file_name_of(ref);
  http::Response response =
      pipe_of(archive_command(call.services.repositories, call.project->id, commit, folder),
              "application/zip");
  response.headers.set("Content-Disposition", http::attachment(folder + ".zip"));
  return response;
}

}  // namespace

void add_raw_routes(Operations& operations) {
  const std::string project(kProjectPath);
  operations.push_back(responds(
      {"GET", project + "/raw/{ref}/{path...}", Right::read_project, Scope::read, "A file's bytes"},
      "*/*", raw));
  operations.push_back(responds({"GET", project + "/archive/{ref}", Right::read_project,
                                 Scope::read, "The files of a branch or commit as a zip"},
                                "application/zip", archive));
}

}  // namespace cloudbrain::api
