#include "api/routes.h"

#include "api/console_files.h"
#include "api/uploads/upload_requests.h"

namespace cloudbrain::api {

Operations all_operations(std::string_view version) {
  Operations operations;
  add_session_routes(operations);
  add_account_routes(operations);
  add_token_routes(operations);
  add_user_routes(operations);
  add_invitation_routes(operations);
  add_setting_routes(operations);
  add_project_routes(operations);
  add_member_routes(operations);
  add_fork_routes(operations);
  add_example_routes(operations);
  add_branch_routes(operations);
  add_tree_routes(operations);
  add_raw_routes(operations);
  add_commit_routes(operations);
  add_boot_file_routes(operations);
  add_git_routes(operations);
  add_dataset_routes(operations);
  add_dataset_file_routes(operations);
  add_model_routes(operations);
  add_model_version_routes(operations);
  add_model_file_routes(operations);
  add_upload_routes(operations);
  add_catalogue_routes(operations);
  add_image_routes(operations);
  add_registry_routes(operations);
  add_spec_routes(operations);
  add_task_routes(operations);
  add_queue_routes(operations);
  add_log_routes(operations);
  add_output_routes(operations);
  add_system_routes(operations);
  // Written out once: the table does not change while the server runs.
  Operation document = operation_at(
      {"GET", "/api/v2/openapi.json", Right::anyone, Scope::read, "This document", {}, 200});
  document.handle = [](Call&) { return http::Response::empty(500); };
  operations.push_back(document);
  const std::string text = to_text(openapi_document(operations, version));
  operations.back().handle = [text](Call&) { return http::Response::json(text); };
  return operations;
}

http::Router make_router(const Services& services) {
  std::vector<http::Route> routes;
  for (Operation& operation : all_operations(services.version)) {
    routes.push_back(to_route(services, std::move(operation)));
  }
  return http::Router(std::move(routes), console_response);
}

void add_security_headers(const http::Request& request, http::Headers& headers) {
  // tus wants it in every answer, refusals too.
  if (request.path.starts_with(kUploadsPath)) {
    headers.set("Tus-Resumable", tus::kVersion);
    headers.set("Tus-Version", tus::kVersion);
  }
  // A user's file brings a stricter one of its own.
  if (!headers.find("Content-Security-Policy")) {
    headers.set("Content-Security-Policy",
                "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                "frame-ancestors 'none'; form-action 'self'");
  }
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "same-origin");
  headers.set("X-Frame-Options", "DENY");
}

}  // namespace cloudbrain::api
