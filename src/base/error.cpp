#include "base/error.h"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace cloudbrain {

Error::Error(ErrorKind kind, std::string code, Text message, Text next)
    : kind_(kind),
      code_(std::move(code)),
      message_(std::move(message)),
      next_(std::move(next)),
      what_(code_ + ": " + message_.en) {}

Error Error::fields(std::vector<FieldProblem> problems) {
  Text summary;
  for (const FieldProblem& problem : problems) {
    if (!summary.en.empty()) {
      summary.en += " ";
      summary.zh += " ";
    }
    summary.en += problem.field + ": " + problem.message.en;
    summary.zh += problem.field + "：" + problem.message.zh;
  }
  // One problem keeps its own code, so that a script can branch on it.
  std::string code = problems.size() == 1 ? problems.front().code : "invalid_fields";
  Error error(ErrorKind::invalid, std::move(code), std::move(summary));
  error.problems_ = std::move(problems);
  return error;
}

void throw_errno(std::string_view call, std::string_view subject, int error) {
  const std::string reason = std::error_code(error, std::generic_category()).message();
  if (error == ENOSPC || error == EDQUOT) {
    throw Error(
        ErrorKind::no_space, "disk_full",
        {fmt::format("The disk is full: {} {} failed.", call, subject),
         fmt::format("磁盘已满：{} {} 失败。", call, subject)},
        {"Free some space in the data directory and try again.", "请清理数据目录所在磁盘后重试。"});
  }
  throw Error(ErrorKind::internal, "system_call_failed",
              {fmt::format("{} {}: {}", call, subject, reason),
               fmt::format("{} {}：{}", call, subject, reason)});
}

void throw_errno(std::string_view call, std::string_view subject) {
  throw_errno(call, subject, errno);
}

}  // namespace cloudbrain
