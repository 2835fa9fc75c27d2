#include "engines/local/images/image_errors.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace cloudbrain::image_errors {

namespace {

bool has_any(const std::string& text, std::initializer_list<std::string_view> words) {
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::ranges::any_of(
      words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace

Error not_found(std::string_view reference) {
  return Error(
      ErrorKind::missing, "image_not_found",
      {fmt::format("The registry has no image {}.", reference),
       fmt::format("镜像仓库中没有镜像 {}。", reference)},
      {"Check registry, name and tag; a private image may also need credentials of this project.",
       "请检查仓库地址、名称和标签；私有镜像还需在项目中配置仓库凭据。"});
}

Error denied(std::string_view reference) {
  return Error(
      ErrorKind::denied, "image_denied",
      {fmt::format("The registry does not give out the image {}.", reference),
       fmt::format("镜像仓库拒绝提供镜像 {}。", reference)},
      {"Add the registry's user name and password to the project (cloudbrain image login), "
       "or check those that are there.",
       "请为项目添加该仓库的用户名和密码（cloudbrain image login），或检查已有凭据。"});
}

Error no_space(std::string_view reference, std::string_view free) {
  return Error(
      ErrorKind::no_space, "image_no_space",
      {fmt::format("There is no room on the server's disk for the image {}; {} are free.",
                   reference, free),
       fmt::format("服务器磁盘空间不足，无法存放镜像 {}；剩余 {}。", reference, free)},
      {"The administrator can remove unused images (cloudbrain image prune) or enlarge the "
       "disk; a smaller image may fit.",
       "管理员可清理未使用的镜像（cloudbrain image prune）或扩容；也可改用更小的镜像。"});
}

Error wrong_architecture(std::string_view reference, std::string_view machine,
                         std::string_view offered) {
  return Error(
      ErrorKind::invalid, "image_wrong_architecture",
      {fmt::format("The image {} is made for {}; this machine is {}.", reference, offered, machine),
       fmt::format("镜像 {} 适用于 {}，而本机为 {}。", reference, offered, machine)},
      {"Choose an image for this machine's architecture, or build it for several.",
       "请选择适用于本机架构的镜像，或构建多架构镜像。"});
}

Error pull_failed(std::string_view reference, const std::string& detail) {
  return Error(ErrorKind::unavailable, "image_pull_failed",
               {fmt::format("The image {} could not be fetched: {}", reference, detail),
                fmt::format("拉取镜像 {} 失败：{}", reference, detail)},
               {"Is the registry reachable from the server? Submit again once it is; layers that "
                "were fetched before a failure are fetched anew.",
                "请确认服务器能访问该镜像仓库，恢复后重新提交。"});
}

Error broken(std::string_view reference, const std::string& detail) {
  return Error(ErrorKind::invalid, "image_broken",
               {fmt::format("The image {} can't be unpacked: {}", reference, detail),
                fmt::format("镜像 {} 无法解包：{}", reference, detail)},
               {"Build and push it anew; its layers must be plain or gzip.",
                "请重新构建并推送；镜像层须为未压缩或 gzip 格式。"});
}

Error archive_broken(std::string_view name, const std::string& detail) {
  return Error(ErrorKind::invalid, "image_archive_broken",
               {fmt::format("The archive of the image {} can't be read: {}", name, detail),
                fmt::format("镜像 {} 的归档无法读取：{}", name, detail)},
               {"Make it with docker save, podman save or skopeo copy … oci-archive:FILE, with one "
                "image in it.",
                "请用 docker save、podman save 或 skopeo copy … oci-archive:FILE 生成，"
                "且只含一个镜像。"});
}

Failure from_skopeo(std::string_view reference, const std::string& words) {
  if (has_any(words, {"no space left", "disk quota exceeded"}))
    return {no_space(reference, "0 MB"), false};
  if (has_any(words, {"manifest unknown", "name unknown", "repository name not known", "status 404",
                      "404 (not found)", "not found"})) {
    return {not_found(reference), false};
  }
  if (has_any(words, {"unauthorized", "authentication required", "access to the resource is denied",
                      "denied", "status 401", "401 (unauthorized)", "status 403", "forbidden"})) {
    return {denied(reference), false};
  }
  const bool hopeless =
      has_any(words, {"x509", "server gave http response to https client", "no such host",
                      "unsupported", "digest did not match", "invalid reference"});
  return {pull_failed(reference, words), !hopeless};
}

}  // namespace cloudbrain::image_errors
