#include "api/uploads/upload_requests.h"

#include "api/project_view.h"
#include "http/dates.h"
#include "store/contents.h"

namespace cloudbrain::api {

namespace {

// How long the answer to the last bytes waits for an archive to be unpacked.
constexpr std::chrono::seconds kPatience{20};

using store::Upload;
using store::UploadKind;
using store::UploadState;

Error project_missing(const std::string& name) {
  return Error(ErrorKind::missing, "project_missing",
               {fmt::format("There is no project \"{}\", or you may not see it.", name),
                fmt::format("没有项目“{}”，或者您无权查看。", name)},
               {"Name it in Upload-Metadata: project, as owner/name.",
                "请在 Upload-Metadata 中以 project 给出 所有者/名称。"});
}

store::Project writable_project(const Call& call, const std::string& name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos) throw project_missing(name);
  auto project =
      store::Projects(call.services.database).find(name.substr(0, slash), name.substr(slash + 1));
  if (!project) throw project_missing(name);
  const std::optional<Role> role = role_in(call, *project);
  if (!role && project->is_private) throw project_missing(name);
  if (role && *role >= Role::writer) return std::move(*project);
  throw Error(ErrorKind::denied, "not_allowed",
              {fmt::format("You may look at {} but not change it.", name),
               fmt::format("您可以查看 {}，但无权修改。", name)});
}

// A data set is named as its file where only one of the two is named.
UploadTarget target_of(const tus::Metadata& metadata) {
  UploadTarget target;
  target.file = metadata.get("filename");
  target.dataset = metadata.get("dataset");
  target.model = metadata.get("model");
  target.version = metadata.get("version");
  if (target.model.empty() && target.dataset.empty()) target.dataset = target.file;
  if (target.file.empty()) target.file = target.dataset;
  return target;
}

std::string promised_sha256(const tus::Metadata& metadata) {
  const std::string& sha256 = metadata.get("sha256");
  if (!sha256.empty() && !is_sha256(sha256)) {
    throw Error::fields(
        {{"sha256",
          "not_a_sha256",
          {"a SHA-256 has 64 lower-case hex digits.", "SHA-256 应为 64 位小写十六进制。"}}});
  }
  return sha256;
}

// Whose storage an upload counts against.
UserId charged_for(const Call& call, const Upload& upload) {
  const auto project =
      upload.project ? store::Projects(call.services.database).find(upload.project) : std::nullopt;
  return project ? project->owner : upload.creator;
}

Upload create_part(const Call& call, Upload upload, const tus::Metadata& metadata) {
  upload.kind = UploadKind::part;
  upload.size_bytes = static_cast<std::int64_t>(tus::length_of(call.request));
  const std::string& project = metadata.get("project");
  if (!project.empty()) upload.project = writable_project(call, project).id;
  return call.services.uploads.create(upload, charged_for(call, upload));
}

Upload join_parts(const Call& call, Upload upload, const std::vector<std::string>& ids) {
  std::vector<Upload> parts;
  std::uint64_t size = 0;
  std::uint64_t freed = 0;
  const UserId charged = charged_for(call, upload);
  for (const std::string& id : ids) {
    parts.push_back(call.services.uploads.find(id, call.caller.user->id));
    const auto length = static_cast<std::uint64_t>(parts.back().size_bytes);
    size += length;
    if (charged_for(call, parts.back()) == charged) freed += length;
  }
  upload.kind = UploadKind::joined;
  upload.size_bytes = static_cast<std::int64_t>(size);
  upload = call.services.uploads.join(std::move(upload), parts, charged, freed);
  end_upload(call.services, upload);
  return upload;
}

// Nobody who may not read a content learns that it is here: for them it is not.
std::optional<Upload> take_known(const Call& call, const store::Project& project,
                                 const Upload& upload, const UploadTarget& target) {
  const Blob blob{upload.sha256, static_cast<std::uint64_t>(upload.size_bytes)};
  const Services& services = call.services;
  const UserId user = call.caller.user->id;
  const bool known = !blob.sha256.empty() && services.blobs.size(blob.sha256) == blob.size &&
                     store::may_read_content(services.database, user, blob.sha256);
  if (!known) return std::nullopt;
  try {
    take_blob(services, project, user, target, blob, kPatience);
  } catch (const Error& error) {
    if (error.code() == "content_removed") return std::nullopt;  // then its bytes have to come
    throw;
  }
  return services.uploads.record_done(upload);
}

Upload create_whole(const Call& call, const store::Project& project, Upload upload,
                    const UploadTarget& target) {
  const std::uint64_t length = tus::length_of(call.request);
  if (length == 0) {
    throw Error(ErrorKind::invalid, "empty_upload", {"The upload has no bytes.", "上传内容为空。"});
  }
  upload.size_bytes = static_cast<std::int64_t>(length);
  check_target(call.services, project, call.caller.user->id, target, length);
  if (auto done = take_known(call, project, upload, target)) return std::move(*done);
  return call.services.uploads.create(std::move(upload), project.owner);
}

}  // namespace

store::Upload create_upload(const Call& call) {
  const http::Request& request = call.request;
  tus::need_version(request);
  const tus::Concat concat = tus::concat_of(request, kUploadsPath);
  const tus::Metadata metadata(request.header("Upload-Metadata").value_or(""));
  Upload upload;
  upload.creator = call.caller.user->id;
  upload.metadata = request.header("Upload-Metadata").value_or("");
  upload.concat = request.header("Upload-Concat").value_or("");
  upload.sha256 = promised_sha256(metadata);
  if (concat.partial) return create_part(call, std::move(upload), metadata);

  const store::Project project = writable_project(call, metadata.get("project"));
  const UploadTarget target = target_of(metadata);
  upload.project = project.id;
  upload.target = to_json(target);
  if (concat.parts.empty()) return create_whole(call, project, std::move(upload), target);
  check_target(call.services, project, upload.creator, target, {});
  return join_parts(call, std::move(upload), concat.parts);
}

store::Upload upload_of(const Call& call) {
  return call.services.uploads.find(call.request.arg("id"), call.caller.user->id);
}

void end_upload(const Services& services, store::Upload& upload) {
  if (upload.kind == UploadKind::part || upload.state == UploadState::done) return;
  services.uploads.end(upload, [&](const Blob& blob) {
    const auto project = store::Projects(services.database).find(upload.project);
    if (!project) throw project_missing(std::to_string(upload.project.value));
    const auto target = from_json<UploadTarget>(upload.target, UnknownMembers::ignore);
    take_blob(services, *project, upload.creator, target, blob, kPatience);
  });
}

void tell_progress(const Call& call, const store::Upload& upload, std::uint64_t offset,
                   http::Headers& headers) {
  const TimePoint expires = call.services.uploads.expires_at(upload);
  headers.set("Upload-Offset", std::to_string(offset));
  headers.set("Upload-Length", std::to_string(upload.size_bytes));
  headers.set("Upload-Expires", http::http_date(std::chrono::system_clock::to_time_t(expires)));
  headers.set("Cache-Control", "no-store");
}

UploadView view_of(const Call& call, const store::Upload& upload) {
  UploadView view;
  view.id = upload.id;
  if (upload.kind != UploadKind::part) {
    const auto target = from_json<UploadTarget>(upload.target, UnknownMembers::ignore);
    view.dataset = target.dataset;
    view.model = target.model;
    view.version = target.version;
    view.file = target.file;
  }
  const auto project =
      upload.project ? store::Projects(call.services.database).find(upload.project) : std::nullopt;
  if (project) view.project = full_name(*project);
  view.size = upload.size_bytes;
  view.offset = static_cast<std::int64_t>(call.services.uploads.arrived(upload));
  view.sha256 = upload.sha256;
  view.state = enum_name(upload.state);
  if (upload.failure) view.failure = call.say(upload.failure->message);
  view.created_at = upload.created_at;
  view.expires_at = call.services.uploads.expires_at(upload);
  return view;
}

}  // namespace cloudbrain::api
