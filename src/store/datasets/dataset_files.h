// Files of data sets. Their bytes are found by their SHA-256 (blobs/); several files may share the
// same content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "domain/task.h"
#include "store/datasets.h"

namespace cloudbrain::store {

// The enumerators are the words of the API and the database. A plain file is ready at once.
enum class DatasetState { waiting, unpacking, ready, failed };
BOOST_DESCRIBE_ENUM(DatasetState, waiting, unpacking, ready, failed)

struct DatasetFile {
  DatasetFileId id;
  DatasetId dataset;
  std::string name;    // "part1.zip"; unique in its data set
  std::string folder;  // "part1", where an archive appears in a task; empty: a plain file
  std::string sha256;  // of the uploaded bytes, lower-case hex
  std::int64_t size_bytes = 0;
  DatasetState state = DatasetState::waiting;
  int progress = 0;                     // of unpacking, 0 to 100
  std::optional<Reason> failure;        // why it is failed
  std::optional<std::int64_t> entries;  // how many files the archive holds, once it is ready
  UserId creator;
  TimePoint created_at;

  bool is_archive() const { return !folder.empty(); }
  bool operator==(const DatasetFile&) const = default;
};
BOOST_DESCRIBE_STRUCT(DatasetFile, (),
                      (id, dataset, name, folder, sha256, size_bytes, state, progress, failure,
                       entries, creator, created_at))

class DatasetFiles {
 public:
  explicit DatasetFiles(Database& database) : database_(database) {}

  struct Added {
    DatasetFile file;
    bool is_new = false;      // false: the data set had this very file already
    bool is_set_new = false;  // the data set was made for it
  };
  // Adds a file to the data set of that project and name, which is made where it is not there. The
  // same bytes under the same name change nothing. Throws conflict "dataset_name_in_use" for other
  // bytes under a name that the data set has.
  Added add(const Dataset& home, const DatasetFile& file);
  // Undoes it: removes the file, and the data set that was made for it if it is still empty. False
  // where the file is not there any more. Throws as remove().
  bool take_back(const Added& added);

  std::optional<DatasetFile> find(DatasetFileId id) const;
  std::optional<DatasetFile> find(DatasetId dataset, std::string_view name) const;
  // What a task was submitted with; nullopt where it is not there any more.
  std::optional<DatasetFile> find_input(TaskId task, std::string_view sha256) const;
  // By name.
  std::vector<DatasetFile> list(DatasetId dataset) const;
  // Of all data sets that the project owns or links, by name.
  std::vector<DatasetFile> list_usable(ProjectId project) const;
  // Of all data sets with that content.
  std::vector<DatasetFile> with_content(std::string_view sha256) const;
  // Waiting or unpacking, oldest first: what a restart has to go on with.
  std::vector<DatasetFile> unfinished() const;

  // Writes state, progress, failure and entries. False where it was removed meanwhile.
  bool update(const DatasetFile& changed);
  // So much of the content is unpacked: told to all files that wait for it.
  void note_progress(std::string_view sha256, int percent);
  // False where there is none. Throws conflict "dataset_in_use", naming the tasks, while one that
  // has not ended uses it.
  bool remove(const DatasetFile& file);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
