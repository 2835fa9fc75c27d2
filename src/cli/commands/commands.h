// Every command that is a client of the server, by group.
#pragma once

#include "cli/command.h"

namespace cloudbrain::cli {

void add_session_commands(CommandTable& table);  // login, logout, whoami
void add_token_commands(CommandTable& table);    // token create, list, remove
void add_project_commands(CommandTable& table);  // project create, list, show, branches
void add_project_push(CommandTable& table);      // project push
void add_project_settings(
    CommandTable& table);  // project fork, edit, transfer, delete, members, member
void add_dataset_commands(CommandTable& table);  // dataset list, show, create, edit, delete, unpack
void add_dataset_files(CommandTable& table);     // dataset tree, download
void add_dataset_links(CommandTable& table);     // dataset search, link, unlink
void add_dataset_upload(CommandTable& table);    // dataset upload
void add_model_commands(CommandTable& table);    // model list, show, create, edit, delete
void add_model_import(CommandTable& table);      // model import, upload
void add_model_download(CommandTable& table);    // model download
void add_task_submit(CommandTable& table);       // task submit, modify
void add_task_commands(CommandTable& table);     // task list, show, stop, delete
void add_task_insight(CommandTable& table);      // task events, explain, usage
void add_queue_commands(CommandTable& table);    // queue, task priority
void add_task_logs(CommandTable& table);         // task logs
void add_task_download(CommandTable& table);     // task download
void add_catalogue_commands(CommandTable& table);  // cluster list, spec list
void add_spec_commands(CommandTable& table);       // spec set, spec delete, accelerator list
void add_image_commands(CommandTable& table);  // image list, add, load, set, fetch, remove, prune
void add_registry_commands(CommandTable& table);  // image login, logout, registries

void add_client_commands(CommandTable& table);  // all of them, in the order of the help

}  // namespace cloudbrain::cli
