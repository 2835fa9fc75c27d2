// An Error that a row keeps, and back.
#pragma once

#include "base/error.h"
#include "store/uploads/uploads.h"

namespace cloudbrain {

store::UploadFailure failure_of(const Error& error);
Error error_of(const store::UploadFailure& failure);

}  // namespace cloudbrain
