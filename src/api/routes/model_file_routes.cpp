// The files of a model's version: one up, one down, all down as a zip.
#include "api/intake/model_intake.h"
#include "api/intake/upload_sink.h"
#include "api/models/model_view.h"
#include "api/routes.h"
#include "blobs/zip_stream.h"
#include "domain/layouts.h"

namespace cloudbrain::api {

namespace {

http::Response file(Call& call) {
  const store::ModelVersion version = find_ready_version(call, find_model(call));
  const std::string& path = call.request.arg("path");
  const auto found = store::ModelVersions(call.services.database).find_file(version.id, path);
  Fd fd = found ? call.services.blobs.open(found->sha256) : Fd{};
  if (!fd) {
    throw Error(ErrorKind::missing, "model_file_missing",
                {fmt::format("There is no file \"{}\" in {}.", path, version_text(version.number)),
                 fmt::format("{} 中没有文件“{}”。", version_text(version.number), path)});
  }
  http::Response response = http::Response::file(std::move(fd), "application/octet-stream");
  response.headers.set("ETag", "\"" + found->sha256 + "\"");
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
  const store::Model model = find_model(call);
  const store::ModelVersion version = find_ready_version(call, model);
  const std::string name = model.name + "-" + version_text(version.number);
  const store::ModelVersions versions(call.services.database);
  // The folder has the c2net package's marker beside the model's own files.
  const std::string ours =
      versions.find_file(version.id, kModelMarker) ? "" : std::string(kModelMarker);
  ZipStream stream(call.services.models.folder(version.id), "", name, ours);
  http::Response response =
      http::Response::stream(std::make_unique<ZipSource>(std::move(stream)), "application/zip");
  response.headers.set("Content-Disposition", http::attachment(name + ".zip"));
  return response;
}

std::unique_ptr<http::Sink> upload(Call& call) {
  const store::Model model = find_model(call);
  UploadTarget target{.dataset = {},
                      .model = model.name,
                      .version = call.request.arg("version"),
                      .file = call.request.arg("path")};
  check_model_target(call.services, *call.project, target, call.request.content_length);
  return std::make_unique<UploadSink>(
      call, [target = std::move(target)](const Call& done, const Blob& blob) {
        const ModelVersionId id =
            take_model_file(done.services, *done.project, done.caller.user->id, target, blob);
        const auto now = store::ModelVersions(done.services.database).find(id);
        return now ? answer(view_of(done, *now), 201) : http::Response::empty(204);
      });
}

}  // namespace

void add_model_file_routes(Operations& operations) {
  const std::string version = std::string(kModelPath) + "/versions/{version}";
  const std::string one = version + "/files/{path...}";
  operations.push_back(
      responds({"GET", one, Right::read_project, Scope::read, "A file of a model's version"},
               "application/octet-stream", file));
  Operation put = receives({"PUT",
                            one,
                            Right::write_project,
                            Scope::write,
                            "Upload a file into a version that no task made and none has used",
                            {},
                            201},
                           upload);
  put.answer_schema = [](json::object& components) {
    return schema_of<ModelVersionView>(components, true);
  };
  operations.push_back(std::move(put));
  operations.push_back(responds({"GET", version + "/archive.zip", Right::read_project, Scope::read,
                                 "All files of a version as a zip"},
                                "application/zip", zip));
}

}  // namespace cloudbrain::api
