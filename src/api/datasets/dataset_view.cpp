#include "api/datasets/dataset_view.h"

#include "api/project_view.h"

namespace cloudbrain::api {

namespace {

// How much there is to say about a file in that state: the data set's is the worst of them.
int weight(store::DatasetState state) {
  switch (state) {
    case store::DatasetState::ready:
      return 0;
    case store::DatasetState::waiting:
      return 1;
    case store::DatasetState::unpacking:
      return 2;
    case store::DatasetState::failed:
      return 3;
  }
  return 0;
}

}  // namespace

store::Dataset find_dataset(const Call& call) {
  const std::string& name = call.request.arg("dataset");
  auto dataset = store::Datasets(call.services.database).find(call.project->id, name);
  const bool is_shown = dataset && (call.role || dataset->is_public);
  if (is_shown) return *std::move(dataset);
  throw Error(
      ErrorKind::missing, "dataset_missing",
      {fmt::format("There is no data set \"{}\" in {}, or you may not see it.", name,
                   full_name(*call.project)),
       fmt::format("项目 {} 中没有数据集“{}”，或者您无权查看。", full_name(*call.project), name)});
}

store::DatasetFile find_dataset_file(const Call& call) {
  const store::Dataset dataset = find_dataset(call);
  const std::string& name = call.request.arg("file");
  auto file = store::DatasetFiles(call.services.database).find(dataset.id, name);
  if (file) return *std::move(file);
  throw Error(ErrorKind::missing, "dataset_file_missing",
              {fmt::format("The data set {} has no file \"{}\".", dataset.name, name),
               fmt::format("数据集 {} 中没有文件“{}”。", dataset.name, name)});
}

DatasetView view_of(const Call& call, const store::Dataset& dataset,
                    const std::vector<store::DatasetFile>& files) {
  DatasetView view;
  view.id = dataset.id.value;
  view.name = dataset.name;
  view.description = dataset.description;
  view.public_ = dataset.is_public;
  view.linked = dataset.project != call.project->id;
  view.project = dataset.project_owner + "/" + dataset.project_name;
  view.created_at = dataset.created_at;
  view.created_by = dataset.creator_name;
  store::DatasetState worst = store::DatasetState::ready;
  for (const store::DatasetFile& file : files) {
    view.size += file.size_bytes;
    if (weight(file.state) > weight(worst)) worst = file.state;
    view.files.push_back(view_of(call, file));
  }
  view.state = enum_name(worst);
  return view;
}

DatasetView view_of(const Call& call, const store::Dataset& dataset) {
  return view_of(call, dataset, store::DatasetFiles(call.services.database).list(dataset.id));
}

DatasetFileView view_of(const Call& call, const store::DatasetFile& file) {
  DatasetFileView view;
  view.name = file.name;
  view.folder = file.folder;
  view.kind = file.is_archive() ? "archive" : "plain";
  view.size = file.size_bytes;
  view.sha256 = file.sha256;
  view.state = enum_name(file.state);
  view.progress = file.progress;
  if (file.failure) {
    view.failure = call.say(file.failure->message);
    if (!file.failure->next.en.empty()) view.next = call.say(file.failure->next);
  }
  view.entries = file.entries.value_or(0);
  view.created_at = file.created_at;
  return view;
}

}  // namespace cloudbrain::api
