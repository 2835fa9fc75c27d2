#include "api/code_call.h"

#include <fmt/format.h>

#include "domain/names.h"
#include "git/branches.h"
#include "store/settings.h"

namespace cloudbrain::api {

namespace {

constexpr const char* kAnything = "application/octet-stream";
constexpr const char* kText = "text/plain; charset=utf-8";

// The types of images that browsers show and that hold no scripts; empty for anything else.
std::string image_type(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "image/webp";
  return "";
}

FileKind text_kind(std::string_view name) {
  const std::string lower = lower_case(name);
  if (lower.ends_with(".ipynb")) return FileKind::notebook;
  if (lower.ends_with(".md") || lower.ends_with(".markdown")) return FileKind::markdown;
  return FileKind::text;
}

}  // namespace

std::string revision_of(const Call& call, std::string_view ref) {
  auto commit = call.services.revisions.find_revision(call.project->id, ref);
  if (!commit) throw branch_missing(ref);
  return std::move(*commit);
}

std::string queried_revision(const Call& call) {
  const auto ref = call.request.query("ref");
  if (ref && !ref->empty()) return revision_of(call, *ref);
  return revision_of(call, call.services.revisions.default_branch(call.project->id));
}

Error path_missing(std::string_view path) {
  return Error(ErrorKind::missing, "path_missing",
               {fmt::format("There is no \"{}\" in this commit.", path),
                fmt::format("该提交中没有“{}”。", path)});
}

FileType type_of(std::string_view name, std::string_view bytes) {
  std::string image = image_type(bytes);
  if (!image.empty()) return {FileKind::image, std::move(image)};
  const bool text = is_utf8(bytes) && bytes.find('\0') == std::string_view::npos;
  if (!text) return {FileKind::binary, kAnything};
  return {text_kind(name), kText};
}

std::string shown_type(std::string_view start, bool whole) {
  constexpr std::size_t kMostOfACharacter = 3;
  FileType type = type_of("", start);
  for (std::size_t cut = 1;
       !whole && type.kind == FileKind::binary && cut <= kMostOfACharacter && cut < start.size();
       ++cut) {
    type = type_of("", start.substr(0, start.size() - cut));
  }
  return type.media_type;
}

GitLimits limits_of(const Call& call) {
  const PlatformSettings settings = store::Settings(call.services.database).get();
  GitLimits limits{static_cast<std::uint64_t>(settings.max_repository_bytes),
                   static_cast<std::uint64_t>(settings.max_file_bytes)};
  if (const auto left = call.services.quotas.storage_left(call.project->owner)) {
    const std::uint64_t used = call.services.repositories.size(call.project->id);
    limits.max_repository_bytes = std::min(limits.max_repository_bytes, used + *left);
  }
  return limits;
}

}  // namespace cloudbrain::api
