// Resumable uploads. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct UploadView {
  std::string id;
  std::string project;  // "owner/name"; empty: a part of one to be joined
  std::string dataset;
  std::string model;
  std::string version;
  std::string file;
  std::int64_t size = 0;
  std::int64_t offset = 0;  // how many bytes have arrived
  std::string sha256;       // that they are to have, where it was said
  std::string state;        // open, done, failed
  std::optional<std::string> failure;
  TimePoint created_at;
  TimePoint expires_at;
};
BOOST_DESCRIBE_STRUCT(UploadView, (),
                      (id, project, dataset, model, version, file, size, offset, sha256, state,
                       failure, created_at, expires_at))

struct UploadList {
  std::vector<UploadView> items;
};
BOOST_DESCRIBE_STRUCT(UploadList, (), (items))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_UPLOAD_VIEWS(X) X(UploadView) X(UploadList)
// clang-format on

}  // namespace cloudbrain::api
