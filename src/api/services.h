// What the handlers work with: references to the rooms below, put together by app/.
#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "base/watcher.h"
#include "blobs/blob_store.h"
#include "git/hosting/repositories.h"
#include "git/hosting/smart_http.h"
#include "git/hosting/upkeep.h"
#include "git/reading/revision_reader.h"
#include "store/database.h"
#include "tasks/catalogue.h"
#include "tasks/conductor.h"
#include "tasks/content_keeper.h"
#include "tasks/dataset_shelf.h"
#include "tasks/images/image_shelf.h"
#include "tasks/log/task_log.h"
#include "tasks/models/model_shelf.h"
#include "tasks/project_imports.h"
#include "tasks/quota_check.h"
#include "tasks/specs/spec_desk.h"
#include "tasks/submit.h"
#include "tasks/task_feed.h"
#include "tasks/uploads/upload_desk.h"

namespace cloudbrain::api {

class SignInThrottle;

// All of them outlive the server and are safe from any thread.
struct Services {
  store::Database& database;
  BlobStore& blobs;
  Repositories& repositories;
  RevisionReader& revisions;
  SmartHttp& git;
  Upkeep& upkeep;
  const Catalogue& catalogue;
  SpecDesk& specs;
  ContentKeeper& contents;
  DatasetShelf& shelf;
  ImageShelf& images;
  UploadDesk& uploads;
  ModelShelf& models;
  Conductor& conductor;
  Submit& submit;
  ProjectImports& imports;
  const QuotaCheck& quotas;
  TaskLogs& logs;
  TaskFeed& feed;
  Watcher& watcher;
  Metrics& metrics;
  SignInThrottle& throttle;
  const Clock& clock;
  fs::path tasks_root;
  fs::path scratch;  // emptied at start
  std::string version;
};

}  // namespace cloudbrain::api
