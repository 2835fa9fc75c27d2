// The attempt's directory, from the runner's side: docs/formats/task-folder.md.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/files.h"
#include "engines/task_folder.h"

namespace cloudbrain::runner {

// Everything is done beneath a descriptor of the directory, so it may be moved meanwhile.
class AttemptFiles {
 public:
  // Takes the attempt for this process by making `pid`, locked while it lives. nullopt where that
  // can't be, above all where another runner has the attempt or had it: a script never runs twice.
  static std::optional<AttemptFiles> claim(const std::string& directory);

  std::optional<std::string> read(const char* name) const;
  Fd append(const char* name) const;

  // How long the script may still run where a stop was asked for; nullopt where none was.
  std::optional<std::chrono::seconds> stop_grace() const;

  // Makes the end known. Whoever sees it sees the log whole. Tries until it works: space was set
  // aside by claim(), so a full disk can't turn an end into a loss.
  void write_exit(const ExitRecord& record) const;

 private:
  AttemptFiles(Fd directory, Fd pid, Fd exit)
      : directory_(std::move(directory)), pid_(std::move(pid)), exit_(std::move(exit)) {}

  Fd directory_;
  Fd pid_;   // holds the lock
  Fd exit_;  // ".exit", not yet renamed
};

}  // namespace cloudbrain::runner
