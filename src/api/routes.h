// All operations of the API, one function per resource.
#pragma once

#include "api/operation.h"

namespace cloudbrain::api {

void add_session_routes(Operations& operations);
void add_account_routes(Operations& operations);
void add_token_routes(Operations& operations);
void add_user_routes(Operations& operations);
void add_invitation_routes(Operations& operations);
void add_setting_routes(Operations& operations);
void add_project_routes(Operations& operations);
void add_member_routes(Operations& operations);
void add_fork_routes(Operations& operations);
void add_example_routes(Operations& operations);
void add_branch_routes(Operations& operations);
void add_tree_routes(Operations& operations);
void add_raw_routes(Operations& operations);
void add_commit_routes(Operations& operations);
void add_boot_file_routes(Operations& operations);
void add_git_routes(Operations& operations);
void add_dataset_routes(Operations& operations);
void add_dataset_file_routes(Operations& operations);
void add_model_routes(Operations& operations);
void add_model_version_routes(Operations& operations);
void add_model_file_routes(Operations& operations);
void add_upload_routes(Operations& operations);
void add_catalogue_routes(Operations& operations);
void add_image_routes(Operations& operations);
void add_registry_routes(Operations& operations);
void add_spec_routes(Operations& operations);
void add_task_routes(Operations& operations);
void add_queue_routes(Operations& operations);
void add_log_routes(Operations& operations);
void add_output_routes(Operations& operations);
void add_system_routes(Operations& operations);

// Every operation, in the order of the functions above. The OpenAPI document's own route is among
// them and describes them all.
Operations all_operations(std::string_view version);

// The router of the whole server: the API, git, and the console's files as the fallback. `services`
// outlives it.
http::Router make_router(const Services& services);

// Headers of every answer: content security policy, no sniffing, no framing.
void add_security_headers(const http::Request& request, http::Headers& headers);

}  // namespace cloudbrain::api
