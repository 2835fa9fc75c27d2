#include "cli/commands/commands.h"

namespace cloudbrain::cli {

void add_client_commands(CommandTable& table) {
  add_session_commands(table);
  add_token_commands(table);
  add_project_commands(table);
  add_project_push(table);
  add_project_settings(table);
  add_dataset_upload(table);
  add_dataset_files(table);
  add_dataset_links(table);
  add_dataset_commands(table);
  add_model_commands(table);
  add_model_import(table);
  add_model_download(table);
  add_task_submit(table);
  add_task_commands(table);
  add_task_logs(table);
  add_task_download(table);
  add_task_insight(table);
  add_queue_commands(table);
  add_catalogue_commands(table);
  add_spec_commands(table);
  add_image_commands(table);
  add_registry_commands(table);
}

}  // namespace cloudbrain::cli
