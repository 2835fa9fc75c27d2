#include "domain/names.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"
#include "domain/task.h"

namespace cloudbrain {

namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return is_lower(c) || is_upper(c);
}

template <typename Predicate>
bool all_of(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

constexpr std::array<std::string_view, 5> kArchiveEndings{".tar.gz", ".tar.zst", ".tgz", ".tar",
                                                          ".zip"};

// The ending of an archive's name, empty where it has none of ours.
std::string_view archive_ending(std::string_view name) {
  const std::string lower = lower_case(name);
  for (const std::string_view ending : kArchiveEndings) {
    if (lower.size() > ending.size() && lower.ends_with(ending)) {
      return name.substr(name.size() - ending.size());
    }
  }
  return {};
}

}  // namespace

std::string lower_case(std::string_view ascii) {
  std::string text(ascii);
  for (char& c : text) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::optional<RuleProblem> check_task_name(std::string_view name) {
  const bool fits =
      !name.empty() && name.size() <= 36 && (is_lower(name[0]) || is_digit(name[0])) &&
      name.back() != '_' &&
      all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
  if (fits) return std::nullopt;
  return RuleProblem{
      "task_name",
      {fmt::format(
           "\"{}\" is not a task name: it starts with a lower-case letter or digit, has only "
           "lower-case letters, digits, _ and -, does not end with _, and has at most 36 "
           "characters.",
           first_characters(name, 64)),
       fmt::format("“{}”不能作为任务名称：只能以小写字母或数字开头且只包含小写字母、数字、_和-，"
                   "不能以_结尾，最长36个字符。",
                   first_characters(name, 64))}};
}

std::optional<RuleProblem> check_description(std::string_view text) {
  const std::size_t length = count_characters(text);
  if (length <= 255) return std::nullopt;
  return RuleProblem{"description_too_long",
                     {fmt::format("has {} characters; at most 255 are allowed.", length),
                      fmt::format("共 {} 个字符，字数不超过255个字符。", length)}};
}

std::optional<RuleProblem> check_parameter_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= 255 && (is_letter(name[0]) || name[0] == '_') &&
                    all_of(name, [](char c) {
                      return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
                    });
  if (fits) return std::nullopt;
  return RuleProblem{
      "parameter_name",
      {fmt::format("\"{}\" is not a parameter name: it starts with a letter or _ and has only "
                   "letters, digits, _, . and -.",
                   first_characters(name, 64)),
       fmt::format("“{}”不能作为参数名称：以字母或_开头，只包含字母、数字、_、.和-。",
                   first_characters(name, 64))}};
}

std::optional<RuleProblem> check_parameter_value(std::string_view value) {
  if (value.find('\0') != std::string_view::npos) {
    return RuleProblem{"parameter_value",
                       {"holds a NUL character, which no argument can carry.",
                        "包含空字符（NUL），无法作为参数传递。"}};
  }
  if (value.size() > 32'768) {
    return RuleProblem{"parameter_value",
                       {fmt::format("has {} bytes; at most 32768 are allowed.", value.size()),
                        fmt::format("共 {} 字节，最多 32768 字节。", value.size())}};
  }
  return std::nullopt;
}

std::optional<RuleProblem> check_boot_file(std::string_view path) {
  if (!is_plain_relative_path(path)) {
    return RuleProblem{
        "boot_file_path",
        {fmt::format("\"{}\" is not a path inside the repository.", first_characters(path, 128)),
         fmt::format("“{}”不是代码仓内的路径。", first_characters(path, 128))}};
  }
  if (!path.ends_with(".py") || path.ends_with("/.py") || path == ".py") {
    return RuleProblem{"boot_file_not_python",
                       {fmt::format("\"{}\" does not end in .py; a task runs one Python script.",
                                    first_characters(path, 128)),
                        fmt::format("“{}”不是 .py 文件；训练任务只会执行一个 Python 脚本。",
                                    first_characters(path, 128))}};
  }
  return std::nullopt;
}

std::optional<RuleProblem> check_project_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= 100 &&
                    (is_letter(name[0]) || is_digit(name[0])) &&
                    !lower_case(name).ends_with(".git") && all_of(name, [](char c) {
                      return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
                    });
  if (fits) return std::nullopt;
  return RuleProblem{
      "project_name",
      {fmt::format(
           "\"{}\" is not a project name: it starts with a letter or digit, has only letters, "
           "digits, _, - and ., does not end with .git, and has at most 100 characters.",
           first_characters(name, 128)),
       fmt::format("“{}”不能作为项目名称：以字母或数字开头，只包含字母、数字、_、-和.，"
                   "不能以.git结尾，最长100个字符。",
                   first_characters(name, 128))}};
}

std::optional<RuleProblem> check_user_name(std::string_view name) {
  // First path segments that belong to the server or the console.
  constexpr std::array<std::string_view, 15> kReserved{
      "api",     "git",      "assets", "login",   "register", "sign-up", "account", "new",
      "explore", "settings", "admin",  "healthz", "metrics",  "dev",     "examples"};
  // The first administrator is made by the server itself, under a name the console's routes leave
  // free as an owner: /admin/... opens the administration only for its known pages.
  const bool reserved = name != "admin" && std::find(kReserved.begin(), kReserved.end(),
                                                     lower_case(name)) != kReserved.end();
  if (!reserved && !check_project_name(name) && name.size() <= 40) return std::nullopt;
  return RuleProblem{
      "user_name",
      {fmt::format("\"{}\" is not a user name: letters, digits, _, - and ., at most 40 "
                   "characters, and no reserved word.",
                   first_characters(name, 64)),
       fmt::format("“{}”不能作为用户名：只包含字母、数字、_、-和.，最长40个字符，且不能是保留字。",
                   first_characters(name, 64))}};
}

std::optional<RuleProblem> check_email(std::string_view address) {
  if (address.empty()) return std::nullopt;
  const std::size_t at = address.rfind('@');
  const bool fits =
      at != std::string_view::npos && at > 0 && at + 1 < address.size() && address.size() <= 254 &&
      is_utf8(address) &&
      all_of(address, [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
  if (fits) return std::nullopt;
  return RuleProblem{
      "email",
      {fmt::format("\"{}\" is not an e-mail address, such as ada@example.com.",
                   first_characters(address, 64)),
       fmt::format("“{}”不是邮箱地址，例如 ada@example.com。", first_characters(address, 64))}};
}

std::optional<RuleProblem> check_new_password(std::string_view user_name,
                                              std::string_view password) {
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kMostBytes = 1024;
  if (count_characters(password) < kShortest) {
    return RuleProblem{"password_short",
                       {"A password needs at least 8 characters.", "密码至少需要 8 个字符。"}};
  }
  if (password.size() > kMostBytes) {
    return RuleProblem{"password_long",
                       {"A password has at most 1024 bytes.", "密码最长 1024 字节。"}};
  }
  if (lower_case(password) == lower_case(user_name)) {
    return RuleProblem{"password_is_name",
                       {"The password must not be the user name.", "密码不能与用户名相同。"}};
  }
  return std::nullopt;
}

std::optional<RuleProblem> check_dataset_name(std::string_view name) {
  const bool fits =
      is_plain_relative_path(name) && name.find('/') == std::string_view::npos &&
      name.size() <= 200 && is_utf8(name) && name[0] != '.' &&
      all_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  if (fits) return std::nullopt;
  const std::string shown = is_utf8(name) ? std::string(first_characters(name, 128)) : "…";
  return RuleProblem{
      "dataset_name",
      {fmt::format("\"{}\" cannot be the name of a data set or of a file in one: at most 200 "
                   "bytes, with no \"/\" or \"\\\", and not starting with a dot.",
                   shown),
       fmt::format("“{}”不能作为数据集或其文件的名称：最长200字节，不含“/”或“\\”，且不以点开头。",
                   shown)}};
}

std::optional<RuleProblem> check_model_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= 100 &&
                    (is_letter(name[0]) || is_digit(name[0])) && all_of(name, [](char c) {
                      return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
                    });
  if (fits) return std::nullopt;
  return RuleProblem{
      "model_name",
      {fmt::format("\"{}\" is not a model's name: it starts with a letter or digit, has only "
                   "letters, digits, _, - and ., and has at most 100 characters.",
                   first_characters(name, 128)),
       fmt::format("“{}”不能作为模型名称：以字母或数字开头，只包含字母、数字、_、-和.，"
                   "最长100个字符。",
                   first_characters(name, 128))}};
}

std::optional<RuleProblem> check_model_path(std::string_view path) {
  constexpr std::size_t kMostBytes = 1024;
  constexpr auto kMostLevels = 32;
  const bool fits =
      is_plain_relative_path(path) && path.size() <= kMostBytes && is_utf8(path) &&
      std::count(path.begin(), path.end(), '/') < kMostLevels &&
      all_of(path, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  if (fits) return std::nullopt;
  const std::string shown = is_utf8(path) ? std::string(first_characters(path, 128)) : "…";
  return RuleProblem{
      "model_path",
      {fmt::format("\"{}\" is not a path of a file in a model: relative, without \"..\" and "
                   "control characters, at most 1024 bytes and 32 levels.",
                   shown),
       fmt::format("“{}”不能作为模型文件的路径：应为相对路径，不含“..”和控制字符，"
                   "最长1024字节、32层。",
                   shown)}};
}

bool is_archive_name(std::string_view file_name) {
  return !archive_ending(file_name).empty();
}

std::string dataset_folder(std::string_view file_name) {
  const std::string_view ending = archive_ending(file_name);
  if (ending.empty()) return {};
  return std::string(file_name.substr(0, file_name.size() - ending.size()));
}

std::string dataset_file_path(std::string_view dataset, std::string_view file) {
  return dataset == file ? std::string(file) : fmt::format("{}/{}", dataset, file);
}

std::string version_text(int version) {
  return fmt::format("V{:04}", version);
}

std::optional<int> parse_version(std::string_view text) {
  int number = 0;
  if (!text.starts_with('V') || text.size() > 10) return std::nullopt;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fits = error == std::errc{} && end == text.data() + text.size() && number > 0;
  if (!fits || version_text(number).substr(1) != text) return std::nullopt;
  return number;
}

}  // namespace cloudbrain
