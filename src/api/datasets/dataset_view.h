// Data sets as the API shows them, and which of them the caller may see.
#pragma once

#include "api/operation.h"
#include "api/views.h"
#include "store/datasets/dataset_files.h"

namespace cloudbrain::api {

// Below a project: its data sets, one of them, and one of its files.
inline constexpr std::string_view kDatasetsPath = "/api/v2/projects/{owner}/{name}/datasets";
inline constexpr std::string_view kDatasetPath =
    "/api/v2/projects/{owner}/{name}/datasets/{dataset}";
inline constexpr std::string_view kDatasetFilePath =
    "/api/v2/projects/{owner}/{name}/datasets/{dataset}/files/{file}";

// {dataset} of the address. A private one is seen by the project's members alone, in a public
// project too: for others it does not exist. Throws missing "dataset_missing".
store::Dataset find_dataset(const Call& call);
// {file} of it. Throws missing "dataset_file_missing".
store::DatasetFile find_dataset_file(const Call& call);

DatasetView view_of(const Call& call, const store::Dataset& dataset,
                    const std::vector<store::DatasetFile>& files);
// With its files as they are now.
DatasetView view_of(const Call& call, const store::Dataset& dataset);
DatasetFileView view_of(const Call& call, const store::DatasetFile& file);

}  // namespace cloudbrain::api
