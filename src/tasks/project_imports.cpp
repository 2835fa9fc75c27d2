#include "tasks/project_imports.h"

#include "base/log.h"

namespace cloudbrain {

namespace {

constexpr unsigned kImportsAtOnce = 2;

Text with_next(const Error& error) {
  if (error.next().empty()) return error.message();
  return {error.message().en + " " + error.next().en, error.message().zh + error.next().zh};
}

}  // namespace

ProjectImports::ProjectImports(store::Database& database, Repositories& repositories,
                               RevisionReader& revisions)
    : repositories_(repositories),
      revisions_(revisions),
      projects_(database),
      pool_("imports", kImportsAtOnce) {}

ProjectImports::~ProjectImports() {
  const std::lock_guard lock(mutex_);
  for (auto& [project, running] : running_) running.stop.request_stop();
}

void ProjectImports::start(ProjectId project, ImportRequest request) {
  {
    const std::lock_guard lock(mutex_);
    running_[project] = {};
  }
  pool_.post(std::to_string(project.value), [this, project, request = std::move(request)] {
    run(project, request);
    const std::lock_guard lock(mutex_);
    running_.erase(project);
  });
}

int ProjectImports::progress(ProjectId project) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(project);
  return found == running_.end() ? 0 : found->second.percent;
}

void ProjectImports::cancel(ProjectId project) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(project);
  if (found != running_.end()) found->second.stop.request_stop();
}

void ProjectImports::fail_unfinished() {
  for (const store::Project& project : projects_.importing()) {
    settle(project.id, store::ProjectState::import_failed,
           Text{"The server was stopped during the import. Delete the project and import again.",
                "导入过程中服务被停止。请删除该项目后重新导入。"});
  }
}

void ProjectImports::run(ProjectId project, const ImportRequest& request) {
  std::stop_token stop;
  {
    const std::lock_guard lock(mutex_);
    stop = running_[project].stop.get_token();
  }
  const auto note = [&](const ImportProgress& progress) {
    const std::lock_guard lock(mutex_);
    running_[project].percent = progress.percent;
  };
  try {
    revisions_.forget(project);
    import_repository(repositories_, project, request, note, stop);
    settle(project, store::ProjectState::ready, std::nullopt);
  } catch (const Error& error) {
    log::info("import of project {}: {}", project.value, error.what());
    settle(project, store::ProjectState::import_failed, with_next(error));
  }
}

void ProjectImports::settle(ProjectId project, store::ProjectState state,
                            const std::optional<Text>& failure) {
  if (projects_.set_state(project, state, failure)) return;
  // Deleted meanwhile.
  revisions_.forget(project);
  repositories_.remove(project);
}

}  // namespace cloudbrain
