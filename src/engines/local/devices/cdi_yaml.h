// YAML as the values that JSON has: the one place that knows the YAML library.
#pragma once

#include <string_view>

#include "base/json.h"

namespace cloudbrain {

// Every scalar becomes a text: what it is meant as, its reader knows. Throws Error invalid
// ("cdi_file") for what is no YAML, is deeper than 32 or has more than 100,000 values (an alias
// counts as often as it is used).
json::value yaml_to_json(std::string_view text);

}  // namespace cloudbrain
