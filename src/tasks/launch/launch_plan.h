// Turns a task into the Launch an engine understands: a pure function of the task, its layout and
// the places on disk that its preparation made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blobs/dataset_trees.h"
#include "domain/launch.h"
#include "domain/layouts.h"
#include "domain/spec.h"
#include "domain/task.h"
#include "engines/task_folder.h"

namespace cloudbrain {

struct LaunchPlaces {
  TaskFolder folder;
  fs::path packages;                   // task_packages.h
  fs::path empty_file;                 // an empty file that stands for every marker
  std::vector<DatasetPaths> datasets;  // as Task::inputs
  std::optional<fs::path> model;       // folder of the chosen version, with its marker
};

// Folders of the task's folder that the script may fill and nobody keeps, so that its temporary
// files do not count as memory: /tmp, and /cache in the layouts whose code lies there.
inline constexpr std::string_view kTemporary = "tmp";
inline constexpr std::string_view kCache = "cache";
inline constexpr std::string_view kCacheTarget = "/cache";

struct LaunchPlanInput {
  const Task& task;
  std::string_view project;  // name without owner
  const Layout& layout;
  const Spec& spec;
  const LaunchPlaces& places;
};

Launch plan_launch(const LaunchPlanInput& input);

}  // namespace cloudbrain
