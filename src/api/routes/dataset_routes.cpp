// Data sets of a project.
#include "api/intake/dataset_intake.h"
#include "api/project_view.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/parse_id.h"
#include "store/datasets.h"

namespace cloudbrain::api {

namespace {

// How long an upload's answer waits for the archive to be unpacked. Small archives are told to be
// good or bad at once; for large ones the answer says "unpacking".
constexpr std::chrono::seconds kPatience{20};

DatasetView view_of(const Call& call, const store::Dataset& dataset) {
  DatasetView view;
  view.id = dataset.id.value;
  view.name = dataset.name;
  view.folder = dataset.folder;
  view.size = dataset.size_bytes;
  view.sha256 = dataset.sha256;
  view.state = enum_name(dataset.state);
  view.progress = dataset.progress;
  if (dataset.failure) view.failure = call.say(*dataset.failure);
  view.files = dataset.files.value_or(0);
  view.created_at = dataset.created_at;
  view.public_ = dataset.is_public;
  view.linked = dataset.project != call.project->id;
  const auto home =
      view.linked ? store::Projects(call.services.database).find(dataset.project) : call.project;
  if (home) view.project = full_name(*home);
  return view;
}

store::Dataset find(const Call& call) {
  const std::string& name = call.request.arg("file");
  auto dataset = store::Datasets(call.services.database).find(call.project->id, name);
  if (!dataset) {
    throw Error(ErrorKind::missing, "dataset_missing",
                {fmt::format("There is no data set \"{}\" in {}/{}.", name,
                             call.project->owner_name, call.project->name),
                 fmt::format("项目 {}/{} 中没有数据集“{}”。", call.project->owner_name,
                             call.project->name, name)});
  }
  return std::move(*dataset);
}

DatasetList list(Call& call) {
  const store::Datasets datasets(call.services.database);
  DatasetList list;
  for (const auto& row : datasets.list(call.project->id)) list.items.push_back(view_of(call, row));
  for (const auto& row : datasets.linked(call.project->id)) {
    list.items.push_back(view_of(call, row));
  }
  return list;
}

DatasetView change(Call& call, const DatasetChangeBody& body) {
  store::Dataset row = find(call);
  if (body.public_ && *body.public_ && call.project->is_private) {
    throw Error::fields(
        {{"public",
          "project_private",
          {"a private project has no public data set.", "私有项目不能公开数据集。"}}});
  }
  row.is_public = body.public_.value_or(row.is_public);
  store::Datasets(call.services.database).set_public(row.id, row.is_public);
  return view_of(call, row);
}

// ---- links --------------------------------------------------------------------------------------

DatasetView link(Call& call, const DatasetLinkBody& body) {
  store::Datasets datasets(call.services.database);
  const std::size_t slash = body.project.find('/');
  const auto home = store::Projects(call.services.database)
                        .find(body.project.substr(0, slash),
                              slash == std::string::npos ? "" : body.project.substr(slash + 1));
  const auto row = home && !home->is_private ? datasets.find(home->id, body.name) : std::nullopt;
  if (!row || !row->is_public) {
    throw Error::fields(
        {{"name",
          "dataset_missing",
          {fmt::format("{} has no public data set \"{}\".", body.project, body.name),
           fmt::format("{} 没有公开数据集“{}”。", body.project, body.name)}}});
  }
  const auto same_name = datasets.find_usable(call.project->id, body.name);
  if (same_name && same_name->id != row->id) {
    throw Error(ErrorKind::conflict, "dataset_name_in_use",
                {fmt::format("The project already has a data set named \"{}\".", body.name),
                 fmt::format("该项目已有名为“{}”的数据集。", body.name)});
  }
  if (row->project != call.project->id) datasets.link(call.project->id, row->id);
  return view_of(call, *row);
}

http::Response unlink(Call& call) {
  const std::string& text = call.request.arg("id");
  const std::optional<DatasetId> id = parse_id<DatasetId>(text);
  if (!id || !store::Datasets(call.services.database).unlink(call.project->id, *id)) {
    throw Error(ErrorKind::missing, "link_missing",
                {fmt::format("No data set {} is linked here.", text),
                 fmt::format("该项目没有关联数据集 {}。", text)});
  }
  return http::Response::empty(204);
}

// ---- upload -------------------------------------------------------------------------------------

// The archive's bytes: hashed and stored as they come, then unpacked.
class UploadSink final : public http::Sink {
 public:
  // `most`: bytes that the project's owner may still store; empty where there is no limit.
  UploadSink(const Call& call, UploadTarget target, std::optional<std::uint64_t> most,
             BlobStore::Upload upload)
      : call_(call), target_(std::move(target)), most_(most), upload_(std::move(upload)) {}

  void write(std::span<const char> bytes) override {
    if (most_ && upload_.size() + bytes.size() > *most_) {
      call_.services.quotas.need_storage(call_.project->owner, upload_.size() + bytes.size());
    }
    upload_.write(bytes);
  }

  http::Response finish() override {
    if (upload_.size() == 0) {
      throw Error(ErrorKind::invalid, "empty_upload",
                  {"The upload has no bytes.", "上传内容为空。"});
    }
    // Once more: others of the same owner may have come first.
    if (most_) call_.services.quotas.need_storage(call_.project->owner, upload_.size());
    const Blob blob = upload_.finish();
    const TakenDataset taken = take_dataset_file(call_.services, *call_.project,
                                                 call_.caller.user->id, target_, blob, kPatience);
    const bool is_ready = taken.row.state == store::DatasetState::ready;
    const int status = !taken.is_new ? 200 : is_ready ? 201 : 202;
    return answer(view_of(call_, taken.row), status);
  }

 private:
  const Call call_;
  const UploadTarget target_;
  const std::optional<std::uint64_t> most_;
  BlobStore::Upload upload_;
};

std::unique_ptr<http::Sink> upload(Call& call) {
  const std::string& name = call.request.arg("file");
  UploadTarget target{.dataset = name, .file = name};
  check_dataset_target(call.services, *call.project, target, {});
  const std::optional<std::uint64_t> size = call.request.content_length;
  const QuotaCheck& quotas = call.services.quotas;
  const std::optional<std::uint64_t> left = quotas.storage_left(call.project->owner);
  if (left && size.value_or(1) > *left) {
    quotas.need_storage(call.project->owner, size.value_or(1));
  }
  return std::make_unique<UploadSink>(call, std::move(target), left,
                                      call.services.blobs.begin(size));
}

}  // namespace

void add_dataset_routes(Operations& operations) {
  const std::string datasets = "/api/v2/projects/{owner}/{name}/datasets";
  operations.push_back(answers<DatasetList>(
      {"GET", datasets, Right::read_project, Scope::read, "Data sets of a project"}, list));
  Operation put = receives({"PUT",
                            datasets + "/{file}",
                            Right::write_project,
                            Scope::write,
                            "Upload an archive as a data set",
                            {},
                            201},
                           upload);
  put.answer_schema = [](json::object& components) {
    return schema_of<DatasetView>(components, true);
  };
  operations.push_back(std::move(put));
  operations.push_back(answers<DatasetView>(
      {"GET", datasets + "/{file}", Right::read_project, Scope::read, "A data set"},
      [](Call& call) { return view_of(call, find(call)); }));
  operations.push_back(takes<DatasetChangeBody, DatasetView>(
      {"PATCH", datasets + "/{file}", Right::write_project, Scope::write, "Change a data set"},
      change));
  const std::string links = "/api/v2/projects/{owner}/{name}/dataset-links";
  operations.push_back(takes<DatasetLinkBody, DatasetView>({"POST",
                                                            links,
                                                            Right::write_project,
                                                            Scope::write,
                                                            "Use another project's public data set",
                                                            {},
                                                            201},
                                                           link));
  operations.push_back(responds(
      {"DELETE", links + "/{id}", Right::write_project, Scope::write, "Use it no longer", {}, 204},
      "", unlink));
  operations.push_back(responds({"DELETE",
                                 datasets + "/{file}",
                                 Right::write_project,
                                 Scope::write,
                                 "Delete a data set",
                                 {},
                                 204},
                                "", [](Call& call) {
                                  call.services.shelf.remove(find(call));
                                  return http::Response::empty(204);
                                }));
}

}  // namespace cloudbrain::api
