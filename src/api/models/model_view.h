// Models as the API shows them, and which of them the caller may see.
#pragma once

#include <map>

#include "api/operation.h"
#include "api/views.h"
#include "store/models/model_versions.h"

namespace cloudbrain::api {

// Below a project: its models and one of them.
inline constexpr std::string_view kModelsPath = "/api/v2/projects/{owner}/{name}/models";
inline constexpr std::string_view kModelPath = "/api/v2/projects/{owner}/{name}/models/{model}";

// {model} of the address. A private one is seen by the project's members alone, in a public project
// too: for others it does not exist. Throws missing "model_missing".
store::Model find_model(const Call& call);
// {version} of it. Throws missing "version_missing".
store::ModelVersion find_version(const Call& call, const store::Model& model);
// The same, and its files can be had. Throws conflict "version_not_ready".
store::ModelVersion find_ready_version(const Call& call, const store::Model& model);

ModelView view_of(const store::Model& model);
ModelVersionRowView row_of(const Call& call, const store::ModelVersion& version);
ModelVersionView view_of(const Call& call, const store::ModelVersion& version);

// Problems of what people write about a version are added to `problems`.
std::vector<store::ModelMetric> read_metrics(const std::map<std::string, double>& metrics,
                                             std::vector<FieldProblem>& problems);
void check_notes(std::string_view notes, std::vector<FieldProblem>& problems);

}  // namespace cloudbrain::api
