// Resumable uploads: tus 1.0.0 with its extensions creation, creation-with-upload, termination,
// checksum, expiration and concatenation. What tus is not asked for: a list of one's own uploads.
#include "api/routes.h"
#include "api/uploads/upload_requests.h"
#include "api/uploads/upload_sink.h"

namespace cloudbrain::api {

namespace {

http::Response created(const Call& call, const store::Upload& upload) {
  http::Response response = http::Response::empty(201);
  response.headers.set("Location", fmt::format("{}/{}", kUploadsPath, upload.id));
  tell_progress(call, upload, call.services.uploads.arrived(upload), response.headers);
  return response;
}

http::Response capabilities(Call& /*call*/) {
  http::Response response = http::Response::empty(204);
  response.headers.set("Tus-Extension", tus::kExtensions);
  response.headers.set("Tus-Max-Size", std::to_string(tus::kMaxSize));
  response.headers.set("Tus-Checksum-Algorithm", tus::kChecksums);
  return response;
}

std::unique_ptr<http::Sink> create(Call& call) {
  store::Upload upload = create_upload(call);
  const bool wants_bytes =
      upload.state == store::UploadState::open && upload.kind != store::UploadKind::joined;
  if (wants_bytes && tus::brings_bytes(call.request)) {
    return append_body(call, std::move(upload), 0, 201);
  }
  return answer_after_body(created(call, upload));
}

std::unique_ptr<http::Sink> append(Call& call) {
  tus::need_version(call.request);
  tus::need_append_type(call.request);
  store::Upload upload = upload_of(call);
  if (upload.kind == store::UploadKind::joined) {
    throw Error(ErrorKind::denied, "upload_joined",
                {"An upload that was joined of parts takes no bytes itself.",
                 "由分片合并的上传不接受数据。"});
  }
  return append_body(call, std::move(upload), tus::offset_of(call.request), 204);
}

http::Response look(Call& call) {
  tus::need_version(call.request);
  store::Upload upload = upload_of(call);
  const std::uint64_t offset = call.services.uploads.offset(upload);
  // All bytes came, and then the server ended, or the target refused them for a while.
  if (offset == static_cast<std::uint64_t>(upload.size_bytes)) end_upload(call.services, upload);
  http::Response response = http::Response::empty(200);
  tell_progress(call, upload, offset, response.headers);
  if (!upload.metadata.empty()) response.headers.set("Upload-Metadata", upload.metadata);
  if (!upload.concat.empty()) response.headers.set("Upload-Concat", upload.concat);
  return response;
}

http::Response terminate(Call& call) {
  tus::need_version(call.request);
  call.services.uploads.remove(upload_of(call));
  return http::Response::empty(204);
}

// For clients whose surroundings know GET and POST alone.
std::unique_ptr<http::Sink> overridden(Call& call) {
  const std::string_view method = call.request.header("X-HTTP-Method-Override").value_or("");
  if (method == "PATCH") return append(call);
  if (method == "DELETE") return answer_after_body(terminate(call));
  throw Error(ErrorKind::malformed, "method_override",
              {"POST to an upload needs X-HTTP-Method-Override: PATCH or DELETE.",
               "对上传使用 POST 时需要 X-HTTP-Method-Override: PATCH 或 DELETE。"});
}

UploadList list(Call& call) {
  UploadList list;
  for (const store::Upload& upload : call.services.uploads.list(call.caller.user->id)) {
    list.items.push_back(view_of(call, upload));
  }
  return list;
}

}  // namespace

void add_upload_routes(Operations& operations) {
  const std::string uploads(kUploadsPath);
  const std::string one = uploads + "/{id}";
  const auto add = [&](Operation operation) {
    operation.statuses = tus::kStatuses;
    if (!operation.answer_schema) operation.answer_type.clear();  // all that is said is in headers
    operations.push_back(std::move(operation));
  };
  add(responds({"OPTIONS", uploads, Right::anyone, Scope::read, "What of tus is spoken", {}, 204},
               "", capabilities));
  add(receives({"POST", uploads, Right::signed_in, Scope::write, "Begin an upload (tus)", {}, 201},
               create));
  add(responds({"HEAD", one, Right::signed_in, Scope::write, "How far an upload has come (tus)"},
               "", look));
  add(receives({"PATCH", one, Right::signed_in, Scope::write, "Append to an upload (tus)", {}, 204},
               append));
  add(responds({"DELETE", one, Right::signed_in, Scope::write, "Give an upload up (tus)", {}, 204},
               "", terminate));
  add(receives({"POST",
                one,
                Right::signed_in,
                Scope::write,
                "PATCH or DELETE in other words (tus)",
                {},
                204},
               overridden));
  add(answers<UploadList>(
      {"GET", uploads, Right::signed_in, Scope::read, "The caller's own uploads"}, list));
  add(answers<UploadView>({"GET", one, Right::signed_in, Scope::read, "An upload of the caller's"},
                          [](Call& call) { return view_of(call, upload_of(call)); }));
}

}  // namespace cloudbrain::api
