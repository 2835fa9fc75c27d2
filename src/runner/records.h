// The JSON of the task folder, for a program that has no room for base/json.h's error messages.
#pragma once

#include <string>
#include <string_view>

#include "engines/task_folder.h"

namespace cloudbrain::runner {

// launch.json. Throws std::exception where it is not what RunnerOrders describes.
RunnerOrders parse_orders(std::string_view text);

std::string to_text(const ExitRecord& record);
std::string to_text(const Usage& usage);

TimePoint now();

}  // namespace cloudbrain::runner
