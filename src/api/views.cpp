// The one place where the API's structs are turned into JSON and back.
#include "api/views.h"

namespace cloudbrain {

#define CLOUDBRAIN_DEFINE_JSON(View)                   \
  template json::value to_json(const api::View& view); \
  template api::View from_json<api::View>(const json::value& value, UnknownMembers unknown);
CLOUDBRAIN_API_VIEWS(CLOUDBRAIN_DEFINE_JSON)

}  // namespace cloudbrain
