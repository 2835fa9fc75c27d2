#include "tasks/uploads/upload_failure.h"

namespace cloudbrain {

store::UploadFailure failure_of(const Error& error) {
  return {error.kind(), error.code(), error.message(), error.next()};
}

Error error_of(const store::UploadFailure& failure) {
  return Error(failure.kind, failure.code, failure.message, failure.next);
}

}  // namespace cloudbrain
