// The bodies of the API, as plain structs, a file for each resource. A member's name is its JSON
// name (less a trailing "_"). The OpenAPI document is made from these structs, the console's types
// from that document, and the command line reads the same structs.
#pragma once

#include "api/views/administration.h"
#include "api/views/catalogue.h"
#include "api/views/code.h"
#include "api/views/datasets.h"
#include "api/views/images.h"
#include "api/views/models.h"
#include "api/views/output.h"
#include "api/views/people.h"
#include "api/views/projects.h"
#include "api/views/tasks.h"
#include "api/views/uploads.h"

// Every one of them. Their conversions are slow to compile, so views.cpp has them once.
// clang-format off: it would not leave this alone
#define CLOUDBRAIN_API_VIEWS(X) \
  CLOUDBRAIN_PEOPLE_VIEWS(X) CLOUDBRAIN_ADMINISTRATION_VIEWS(X) CLOUDBRAIN_PROJECT_VIEWS(X) \
  CLOUDBRAIN_DATASET_VIEWS(X) CLOUDBRAIN_UPLOAD_VIEWS(X) CLOUDBRAIN_CATALOGUE_VIEWS(X) \
  CLOUDBRAIN_TASK_VIEWS(X) CLOUDBRAIN_OUTPUT_VIEWS(X) CLOUDBRAIN_CODE_VIEWS(X) CLOUDBRAIN_MODEL_VIEWS(X) \
  CLOUDBRAIN_IMAGE_VIEWS(X)
// clang-format on

namespace cloudbrain {

#define CLOUDBRAIN_EXTERN_JSON(View)                          \
  extern template json::value to_json(const api::View& view); \
  extern template api::View from_json<api::View>(const json::value& value, UnknownMembers unknown);
CLOUDBRAIN_API_VIEWS(CLOUDBRAIN_EXTERN_JSON)
#undef CLOUDBRAIN_EXTERN_JSON

}  // namespace cloudbrain
