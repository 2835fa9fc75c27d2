#include "tasks/boot_file/boot_params.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "boot_params_script.h"

namespace cloudbrain {

namespace {

constexpr std::chrono::seconds kPatience{10};

// What the script prints in place of parameters.
struct Refusal {
  std::string error;
  std::int64_t line = 0;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(Refusal, (), (error, line, message))

Error too_complex() {
  return Error(
      ErrorKind::invalid, "script_too_complex",
      {"The script is too deep or too large to be read.", "脚本嵌套过深或过大，无法解析。"});
}

Error not_python(const Refusal& refusal) {
  return Error(
      ErrorKind::invalid, "not_python",
      {fmt::format("The script is no valid Python, line {}: {}", refusal.line, refusal.message),
       fmt::format("脚本不是有效的 Python 代码，第 {} 行：{}", refusal.line, refusal.message)});
}

}  // namespace

BootParams read_boot_params(std::string_view source) {
  const ProcessOptions options{.argv = {"python3", "-I", "-S", "-c", kBootParamsScript},
                               .environment = {{"LC_ALL", "C.UTF-8"}},
                               .clean_environment = true,
                               .working_directory = "/"};
  if (source.empty()) return {};
  const ProcessResult result = run_process(options, source, kPatience);
  // A signal: a limit was reached, or the parser's own stack.
  if (result.status.signal != 0) throw too_complex();
  if (!result.status.ok()) {
    throw Error(ErrorKind::internal, "python_failed",
                {fmt::format("python3 failed: {}", result.error),
                 fmt::format("python3 执行失败：{}", result.error)});
  }
  const json::value answer = parse_json(result.output);
  const auto refusal = from_json<Refusal>(answer, UnknownMembers::ignore);
  if (refusal.error == "not_python") throw not_python(refusal);
  if (!refusal.error.empty()) throw too_complex();
  return from_json<BootParams>(answer, UnknownMembers::ignore);
}

}  // namespace cloudbrain
