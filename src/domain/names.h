// The rules for what people may call things. Each gives the problem, or nullopt where all is well.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cloudbrain {

// A rule that was broken: a stable code and a sentence that says what would be right.
struct RuleProblem {
  std::string code;
  Text message;
};

// Starts with a lower-case letter or digit, only [a-z0-9_-], does not end with _, 1 to 36
// characters.
std::optional<RuleProblem> check_task_name(std::string_view name);
// At most 255 characters (code points).
std::optional<RuleProblem> check_description(std::string_view text);
// [A-Za-z_][A-Za-z0-9_.-]*, at most 255.
std::optional<RuleProblem> check_parameter_name(std::string_view name);
// Anything but NUL; at most 32 KiB, so that a whole command line stays under the kernel's limit.
std::optional<RuleProblem> check_parameter_value(std::string_view value);
// A plain relative path that ends in .py.
std::optional<RuleProblem> check_boot_file(std::string_view path);
// Letters, digits, "_", "-", "."; starts with a letter or digit; 1 to 100; not "." or "..", no
// ".git" at the end.
std::optional<RuleProblem> check_project_name(std::string_view name);
// As a project name, and none of the words that the console's routes reserve.
std::optional<RuleProblem> check_user_name(std::string_view name);
// Empty, or something@something without spaces; at most 254 bytes (RFC 5321).
std::optional<RuleProblem> check_email(std::string_view address);
// At least 8 characters, at most 1024 bytes, and not the user's name.
std::optional<RuleProblem> check_new_password(std::string_view user_name,
                                              std::string_view password);
// Of a data set or of a file in one: a plain file name; Chinese is fine; not starting with a dot;
// at most 200 bytes.
std::optional<RuleProblem> check_dataset_name(std::string_view name);
// Letters, digits, "_", "-", "."; starts with a letter or digit; 1 to 100.
std::optional<RuleProblem> check_model_name(std::string_view name);
// A plain relative path in UTF-8 without control characters: at most 1024 bytes, 32 levels.
std::optional<RuleProblem> check_model_path(std::string_view path);

// By its ending: .zip, .tar, .tar.gz, .tgz or .tar.zst. Anything else is a plain file.
bool is_archive_name(std::string_view file_name);
// The folder that an archive appears under: its name without the ending. Empty for a plain file,
// which appears as itself.
std::string dataset_folder(std::string_view file_name);
// How a file of a data set is called in a task: "faces/part1.zip", or "mnist.zip" where the data
// set is called like its file.
std::string dataset_file_path(std::string_view dataset, std::string_view file);
std::string lower_case(std::string_view ascii);

}  // namespace cloudbrain
