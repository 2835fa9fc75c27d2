// Brings the code of new projects from elsewhere, in the background.
#pragma once

#include <map>
#include <mutex>
#include <stop_token>

#include "base/keyed_pool.h"
#include "git/importing/import_repository.h"
#include "git/reading/revision_reader.h"
#include "store/projects.h"

namespace cloudbrain {

// Safe from any thread. A project is `importing` until its repository is whole, and then `ready` or
// `import_failed`. An import does not outlive the server: its password is kept nowhere.
class ProjectImports {
 public:
  ProjectImports(store::Database& database, Repositories& repositories, RevisionReader& revisions);
  // Ends what runs.
  ~ProjectImports();
  ProjectImports(const ProjectImports&) = delete;
  ProjectImports& operator=(const ProjectImports&) = delete;

  // The project's row says `importing`. A few imports run at once, the others wait.
  void start(ProjectId project, ImportRequest request);
  // Percent; 0 where nothing is known.
  int progress(ProjectId project) const;
  // Ends the project's import, where there is one, soon.
  void cancel(ProjectId project);
  // What an earlier server was at. Called once, at start.
  void fail_unfinished();

 private:
  struct Running {
    std::stop_source stop;
    int percent = 0;
  };

  void run(ProjectId project, const ImportRequest& request);
  void settle(ProjectId project, store::ProjectState state, const std::optional<Text>& failure);

  Repositories& repositories_;
  RevisionReader& revisions_;
  store::Projects projects_;
  mutable std::mutex mutex_;
  std::map<ProjectId, Running> running_;
  KeyedPool pool_;  // last: its jobs use all of the above
};

}  // namespace cloudbrain
