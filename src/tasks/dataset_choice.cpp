#include "tasks/dataset_choice.h"

#include <map>

#include <fmt/format.h>

#include "domain/names.h"
#include "store/datasets/dataset_files.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kMostChosen = 5;
constexpr std::size_t kMostFiles = 64;  // each is a mount of every task

class Settling {
 public:
  Settling(store::Database& database, const store::Project& project)
      : datasets_(database), files_(database), project_(project) {}

  DatasetChoice settle(const std::vector<std::string>& chosen) {
    if (chosen.size() > kMostChosen) {
      problem("datasets", "too_many",
              {fmt::format("{} data sets; at most {}.", chosen.size(), kMostChosen),
               fmt::format("选择了 {} 个数据集，最多 {} 个。", chosen.size(), kMostChosen)});
      return std::move(choice_);
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) add(fmt::format("datasets[{}]", i), chosen[i]);
    if (choice_.inputs.size() > kMostFiles) {
      problem("datasets", "too_many_files",
              {fmt::format("The chosen data sets have {} files; at most {}.", choice_.inputs.size(),
                           kMostFiles),
               fmt::format("所选数据集共有 {} 个文件，最多 {} 个。", choice_.inputs.size(),
                           kMostFiles)});
    }
    return std::move(choice_);
  }

 private:
  void problem(std::string field, std::string code, Text message) {
    choice_.problems.push_back({std::move(field), std::move(code), std::move(message)});
  }

  void add(const std::string& field, const std::string& name) {
    const std::size_t slash = name.find('/');
    const std::string dataset_name = name.substr(0, slash);
    const auto dataset = datasets_.find_usable(project_.id, dataset_name);
    if (!dataset) {
      return problem(field, "dataset_missing",
                     {fmt::format("{}/{} has no data set \"{}\".", project_.owner_name,
                                  project_.name, dataset_name),
                      fmt::format("{}/{} 没有数据集“{}”。", project_.owner_name, project_.name,
                                  dataset_name)});
    }
    if (slash == std::string::npos) return add_all(field, *dataset);
    const std::string file_name = name.substr(slash + 1);
    if (const auto file = files_.find(dataset->id, file_name)) return add(field, *dataset, *file);
    problem(field, "dataset_file_missing",
            {fmt::format("The data set {} has no file \"{}\".", dataset_name, file_name),
             fmt::format("数据集 {} 中没有文件“{}”。", dataset_name, file_name)});
  }

  void add_all(const std::string& field, const store::Dataset& dataset) {
    const auto files = files_.list(dataset.id);
    for (const store::DatasetFile& file : files) add(field, dataset, file);
    if (!files.empty()) return;
    problem(field, "dataset_empty",
            {fmt::format("The data set {} has no files yet.", dataset.name),
             fmt::format("数据集 {} 中还没有文件。", dataset.name)});
  }

  void add(const std::string& field, const store::Dataset& dataset,
           const store::DatasetFile& file) {
    DatasetInput input{dataset_file_path(dataset.name, file.name), file.folder, file.sha256};
    if (file.state == store::DatasetState::failed) {
      return problem(
          field, "dataset_failed",
          {fmt::format("{} could not be unpacked; try again, or upload it again.", input.name),
           fmt::format("{} 解压失败，请重试解压或重新上传。", input.name)});
    }
    const auto [place, is_free] = places_.try_emplace(input.place(), input.name);
    if (is_free) {
      choice_.inputs.push_back(std::move(input));
    } else if (place->second == input.name) {
      problem(field, "dataset_twice",
              {fmt::format("{} is chosen twice.", input.name),
               fmt::format("{} 被选择了两次。", input.name)});
    } else {
      problem(field, "dataset_folder_taken",
              {fmt::format("{} and {} would both lie at \"{}\".", place->second, input.name,
                           place->first),
               fmt::format("{} 与 {} 都会放在“{}”。", place->second, input.name, place->first)});
    }
  }

  store::Datasets datasets_;
  store::DatasetFiles files_;
  const store::Project& project_;
  std::map<std::string, std::string> places_;  // below the root: the input that takes it
  DatasetChoice choice_;
};

}  // namespace

DatasetChoice settle_dataset_choice(store::Database& database, const store::Project& project,
                                    const std::vector<std::string>& chosen) {
  return Settling(database, project).settle(chosen);
}

}  // namespace cloudbrain
