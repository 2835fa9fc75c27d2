// How models are named on the command line and told to a person.
#pragma once

#include <optional>
#include <string>

#include "api/views.h"
#include "cli/command.h"
#include "cli/net/path.h"
#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

class Session;

// "lenet", "lenet:V0001" or "lenet:V0001:lenet.pth"; a file's name may hold colons.
struct ModelName {
  std::string model;
  std::optional<std::string> version;
  std::optional<std::string> file;
};
// Throws a usage error where a part is empty.
ModelName parse_model_name(const std::string& text);
// The same, where a version has to be named. Throws a usage error.
ModelName parse_model_version(const std::string& text);

void define_model_project(Options& options, std::string& project);

// …/models/NAME, and …/models/NAME/versions/V0001.
Path model_path(Session& session, const std::string& project, const std::string& model);
Path version_path(Session& session, const std::string& project, const ModelName& name);

// "accuracy=0.98" of --metric. Throws a usage error.
std::map<std::string, double> parse_metrics(const std::vector<std::string>& texts);

void print_model(Terminal& terminal, const api::ModelView& model);
void print_version(Terminal& terminal, const std::string& model,
                   const api::ModelVersionView& version);

}  // namespace cloudbrain::cli
