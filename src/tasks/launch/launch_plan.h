// Turns a task into the Launch an engine understands: a pure function of the task, its layout and
// the places on disk that its preparation made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blobs/dataset_trees.h"
#include "domain/image.h"
#include "domain/launch.h"
#include "domain/layouts.h"
#include "domain/spec.h"
#include "domain/task.h"
#include "engines/task_folder.h"

namespace cloudbrain {

// The image that a task runs on, where it is not the host's.
struct LaunchImage {
  fs::path tree;
  UnpackedImage image;
};
inline constexpr std::string_view kImageFile = "image.json";  // of the task's folder: TaskImage

struct LaunchPlaces {
  TaskFolder folder;
  fs::path packages;                   // task_packages.h
  fs::path empty_file;                 // an empty file that stands for every marker
  std::vector<DatasetPaths> datasets;  // as Task::inputs
  std::optional<fs::path> model;       // folder of the chosen version, with its marker
  std::optional<LaunchImage> image;    // empty: the host image
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

// The command of an image: its entry point before ours, as container engines have it; an entry
// point that is the interpreter itself takes the place of ours, and one that takes no arguments
// (`sh -c …`) would never come to run the script, so it is left out.
std::vector<std::string> with_entrypoint(const std::vector<std::string>& entrypoint,
                                         std::vector<std::string> argv);

Launch plan_launch(const LaunchPlanInput& input);

}  // namespace cloudbrain
