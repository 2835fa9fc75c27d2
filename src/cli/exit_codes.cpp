#include "cli/exit_codes.h"

namespace cloudbrain::cli {

int exit_code_of(const Error& error) {
  if (error.code() == kUsageError) return kUsage;
  if (error.code() == kUnreachableError) return kServerUnreachable;
  if (error.code() == kConnectionLostError) return kServerUnreachable;
  if (error.code() == kInterruptedError) return kInterrupted;
  if (error.code() == kOutputClosedError) return kOutputClosed;
  return error.kind() == ErrorKind::unsigned_in ? kNotSignedIn : kRequestFailed;
}

int exit_code_of(TaskState end, std::optional<int> script_exit_code) {
  switch (end) {
    case TaskState::SUCCEEDED:
      return kDone;
    case TaskState::STOPPED:
      return kTaskStopped;
    case TaskState::CREATED_FAILED:
      return kTaskNotCreated;
    case TaskState::FAILED:
      break;
    case TaskState::PREPARING:
    case TaskState::WAITING:
    case TaskState::RUNNING:
    case TaskState::STOPPING:
      return kRequestFailed;
  }
  // A script that ended with 0 and failed all the same (time limit) must not look like a success.
  const int code = script_exit_code.value_or(0);
  return code >= 1 && code <= 255 ? code : kTaskFailed;
}

Error usage_error(Text message, Text next) {
  return Error(ErrorKind::malformed, kUsageError, std::move(message), std::move(next));
}

}  // namespace cloudbrain::cli
