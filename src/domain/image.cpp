#include "domain/image.h"

#include <algorithm>

#include <fmt/format.h>

namespace cloudbrain {

namespace {

constexpr std::size_t kLongest = 255;
constexpr std::string_view kDigestPrefix = "sha256:";
constexpr std::size_t kDigestDigits = 64;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The first part is a host where it can be nothing else.
bool is_host(std::string_view part) {
  return part == "localhost" || part.find('.') != std::string_view::npos ||
         part.find(':') != std::string_view::npos;
}

struct Parts {
  std::string_view host;
  std::string_view path;
  std::string_view tag;
  std::string_view digest;
};

// Only cuts; whether the pieces are well formed is for the rule.
Parts cut(std::string_view text) {
  Parts parts;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    parts.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && is_host(text.substr(0, slash))) {
    parts.host = text.substr(0, slash);
    text = text.substr(slash + 1);
  }
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    parts.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  parts.path = text;
  return parts;
}

bool keeps_rule(std::string_view text) {
  if (text.size() > kLongest) return false;
  const Parts parts = cut(text);
  if (text.find('@') != std::string_view::npos && !is_image_digest(parts.digest)) return false;
  if (!parts.host.empty()) {
    const std::size_t colon = parts.host.find(':');
    if (!is_name(parts.host.substr(0, colon))) return false;
    if (colon != std::string_view::npos && !is_port(parts.host.substr(colon + 1))) return false;
  }
  const bool has_tag = parts.path.data() + parts.path.size() != text.data() + text.size() &&
                       parts.path.data()[parts.path.size()] == ':';
  if (has_tag && !is_name(parts.tag)) return false;
  std::string_view path = parts.path;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    // Registries take repositories in lower case alone.
    if (!is_name(name) || std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; }))
      return false;
    if (slash == std::string_view::npos) return true;
    path = path.substr(slash + 1);
  }
}

}  // namespace

bool is_image_digest(std::string_view text) {
  if (!text.starts_with(kDigestPrefix)) return false;
  text.remove_prefix(kDigestPrefix.size());
  return text.size() == kDigestDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string ImageReference::text() const {
  std::string text = fmt::format("{}/{}", registry, repository);
  if (!digest.empty()) return text + "@" + digest;
  return text + ":" + tag;
}

std::string ImageReference::at(std::string_view pinned) const {
  return fmt::format("{}/{}@{}", registry, repository, pinned);
}

std::optional<RuleProblem> check_image_reference(std::string_view text) {
  if (keeps_rule(text)) return std::nullopt;
  const std::string shown(text.substr(0, kLongest));
  return RuleProblem{
      "image_reference",
      {fmt::format("\"{}\" names no image; write it as registry.example.com/group/name:tag, or "
                   "with @sha256:… in place of the tag, in lower case.",
                   shown),
       fmt::format("“{}”不是镜像地址；应写作 registry.example.com/group/name:tag，"
                   "或以 @sha256:… 代替标签，名称用小写。",
                   shown)}};
}

ImageReference parse_image_reference(std::string_view text) {
  const Parts parts = cut(text);
  ImageReference reference;
  reference.registry = parts.host.empty() ? "docker.io" : std::string(parts.host);
  reference.repository = std::string(parts.path);
  if (reference.registry == "docker.io" && parts.path.find('/') == std::string_view::npos) {
    reference.repository = "library/" + reference.repository;
  }
  reference.tag = std::string(parts.tag);
  reference.digest = std::string(parts.digest);
  if (reference.tag.empty() && reference.digest.empty()) reference.tag = "latest";
  return reference;
}

}  // namespace cloudbrain
