// The one place where the schemas of the API's structs are made (slow to compile).
#include "api/schema.h"

namespace cloudbrain::api {

#define CLOUDBRAIN_DEFINE_SCHEMA(View) \
  template json::object schema_of<View>(json::object & components, bool for_answers);
CLOUDBRAIN_API_VIEWS(CLOUDBRAIN_DEFINE_SCHEMA)
template json::object schema_of<TaskRequest>(json::object& components, bool for_answers);

}  // namespace cloudbrain::api
