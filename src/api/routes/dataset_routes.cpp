// Data sets of a project.
#include <charconv>

#include "api/routes.h"
#include "api/views.h"
#include "domain/names.h"
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

// The archive's bytes: hashed and stored as they come, then unpacked.
class UploadSink final : public http::Sink {
 public:
  // `most`: bytes that the project's owner may still store; empty where there is no limit.
  UploadSink(const Call& call, std::optional<std::uint64_t> most, BlobStore::Upload upload)
      : call_(call), most_(most), upload_(std::move(upload)) {}

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
    const Blob blob = upload_.finish();
    store::Dataset row;
    row.project = call_.project->id;
    row.name = call_.request.arg("file");
    row.folder = dataset_folder(row.name);
    row.sha256 = blob.sha256;
    row.size_bytes = static_cast<std::int64_t>(blob.size);
    row.creator = call_.caller.user->id;
    row.created_at = call_.services.clock.now();
    // The same bytes once more change nothing.
    const auto known = store::Datasets(call_.services.database).find(row.project, row.name);
    if (known && known->sha256 == blob.sha256) return answer(view_of(call_, *known), 200);
    const store::Dataset taken = call_.services.shelf.take(std::move(row), kPatience);
    return answer(view_of(call_, taken), taken.state == store::DatasetState::ready ? 201 : 202);
  }

 private:
  const Call call_;
  const std::optional<std::uint64_t> most_;
  BlobStore::Upload upload_;
};

std::unique_ptr<http::Sink> upload(Call& call) {
  const std::string& name = call.request.arg("file");
  if (const auto broken = check_dataset_name(name)) {
    throw Error::fields({{"name", broken->code, broken->message}});
  }
  std::optional<std::uint64_t> size;
  if (const auto length = call.request.header("Content-Length")) {
    std::uint64_t number = 0;
    if (std::from_chars(length->data(), length->data() + length->size(), number).ec == std::errc{})
      size = number;
  }
  const QuotaCheck& quotas = call.services.quotas;
  quotas.need_storage(call.project->owner, size.value_or(1));
  return std::make_unique<UploadSink>(call, quotas.storage_left(call.project->owner),
                                      call.services.blobs.begin(size));
}

}  // namespace

void add_dataset_routes(Operations& operations) {
  const std::string datasets = "/api/v2/projects/{owner}/{name}/datasets";
  operations.push_back(answers<DatasetList>(
      {"GET", datasets, Right::read_project, Scope::read, "Data sets of a project"},
      [](Call& call) {
        DatasetList list;
        for (const auto& row : store::Datasets(call.services.database).list(call.project->id)) {
          list.items.push_back(view_of(call, row));
        }
        return list;
      }));
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
