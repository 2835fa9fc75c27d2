// What the commands about data sets say and take alike.
#pragma once

#include "api/views.h"
#include "cli/command.h"
#include "cli/screen/table.h"
#include "cli/session.h"

namespace cloudbrain::cli {

// "unpacking 40%", coloured. `progress` counts while it unpacks.
Cell dataset_state_cell(const Terminal& terminal, const std::string& state, int progress);
void print_dataset(Terminal& terminal, const api::DatasetView& dataset);
// The file of that name; nullptr where the data set has none.
const api::DatasetFileView* find_file(const api::DatasetView& dataset, std::string_view name);

// The NAME that a command is about: a data set, "faces", or one of its files, "faces/part1.zip".
struct DatasetName {
  std::string dataset;
  std::optional<std::string> file;
};
DatasetName split_dataset_name(const std::string& name);
// …/projects/OWNER/NAME/datasets/{dataset}.
Path dataset_path(Session& session, const std::string& project, const std::string& dataset);
// The file that `name` means: the one it names, or the only one of the data set. Throws Error
// invalid where the data set has several, or none of that name.
Path dataset_file_path_of(Session& session, const std::string& project, const std::string& name,
                          api::DatasetFileView& file);

void define_dataset_project(Options& options, std::string& project);
void define_dataset_name(Options& options, std::string& name);

}  // namespace cloudbrain::cli
