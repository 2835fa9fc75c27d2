// What the routes of a project's code have in common.
#pragma once

#include <string>
#include <string_view>

#include "api/operation.h"
#include "api/views/code.h"
#include "git/limits.h"

namespace cloudbrain::api {

// "/api/v2/projects/{owner}/{name}"
inline constexpr std::string_view kProjectPath = "/api/v2/projects/{owner}/{name}";

// The commit that `ref`, a branch or a commit's id, stands for. Throws Error missing
// ("branch_missing").
std::string revision_of(const Call& call, std::string_view ref);
// The same for ?ref=; the default branch where it is absent.
std::string queried_revision(const Call& call);

// "path_missing": no such file or directory in the commit.
Error path_missing(std::string_view path);

// How a file of these bytes is shown and served. Images are told by their first bytes, so that no
// name makes a browser take anything else for one.
struct FileType {
  FileKind kind = FileKind::binary;
  std::string media_type;
};
FileType type_of(std::string_view name, std::string_view bytes);
// The media type alone, by a file's first bytes; those that are not `whole` may end within a
// character.
std::string shown_type(std::string_view start, bool whole);

// What the project's repository may hold: the platform's settings, and what the owner's quota
// leaves.
GitLimits limits_of(const Call& call);

}  // namespace cloudbrain::api
