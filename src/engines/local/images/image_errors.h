// What can go wrong with an image, in words for a person. The codes are reasons of tasks too.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace cloudbrain::image_errors {

Error not_found(std::string_view reference);                        // "image_not_found"
Error denied(std::string_view reference);                           // "image_denied"
Error no_space(std::string_view reference, std::string_view free);  // "image_no_space"
Error wrong_architecture(std::string_view reference, std::string_view machine,
                         std::string_view offered);  // "image_wrong_architecture"
Error pull_failed(std::string_view reference, const std::string& detail);  // "image_pull_failed"
Error broken(std::string_view reference, const std::string& detail);       // "image_broken"
Error archive_broken(std::string_view name, const std::string& detail);    // "image_archive_broken"

// From what skopeo said. `transient` where another try may help.
struct Failure {
  Error error;
  bool transient = false;
};
Failure from_skopeo(std::string_view reference, const std::string& words);

}  // namespace cloudbrain::image_errors
