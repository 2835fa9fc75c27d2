#include "tasks/images/image_choice.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/hash.h"
#include "git/importing/import_address.h"

namespace cloudbrain {

namespace {

bool serves(const std::vector<std::string>& list, std::string_view word) {
  return list.empty() || std::ranges::find(list, word) != list.end();
}

bool fits(const store::Image& image, const Cluster& cluster, const TaskRequest& request) {
  return serves(image.computes, request.compute) && serves(image.clusters, cluster.name) &&
         serves(cluster.images, image.name);
}

FieldProblem engine_missing(const std::vector<store::Image>& images, const Cluster& cluster,
                            const TaskRequest& request) {
  std::vector<std::string> known;
  for (const store::Image& image : images) {
    if (fits(image, cluster, request))
      known.insert(known.end(), image.engines.begin(), image.engines.end());
  }
  const std::string list = known.empty() ? "-" : fmt::format("{}", fmt::join(known, ", "));
  return {"engine",
          "engine_missing",
          {fmt::format("No image stands for the AI engine \"{}\" on {}; there are: {}. The "
                       "administrator can name one (cloudbrain image set NAME --engine).",
                       *request.engine, cluster.name, list),
           fmt::format("集群 {} 上没有对应 AI 引擎“{}”的镜像，可选：{}。管理员可为镜像指定引擎"
                       "（cloudbrain image set 名称 --engine）。",
                       cluster.name, *request.engine, list)}};
}

FieldProblem image_does_not_fit(const Cluster& cluster, const TaskRequest& request) {
  return {"image",
          "image_does_not_fit",
          {fmt::format("The image {} is not for the compute resource {} on {}.", request.image,
                       request.compute, cluster.name),
           fmt::format("镜像 {} 不适用于集群 {} 的计算资源 {}。", request.image, cluster.name,
                       request.compute)}};
}

const store::Image* image_of_engine(const std::vector<store::Image>& images, const Cluster& cluster,
                                    const TaskRequest& request) {
  const auto found = std::ranges::find_if(images, [&](const store::Image& image) {
    return !image.engines.empty() && serves(image.engines, *request.engine) &&
           fits(image, cluster, request);
  });
  return found == images.end() ? nullptr : &*found;
}

std::string host_of(const std::string& registry) {
  return registry.substr(0, registry.find(':'));
}

// A server that fetches what a user names must not become their way into its own network.
std::optional<FieldProblem> check_registry(store::Database& database,
                                           const ImageReference& reference) {
  if (store::Registries(database).find(ProjectId{}, reference.registry)) return std::nullopt;
  ImportAddress address;
  address.host = host_of(reference.registry);
  try {
    resolve_import_host(address, false);
  } catch (const Error& error) {
    const bool is_private =
        error.problems().empty() || error.problems().front().code == "import_private";
    if (!is_private) return std::nullopt;  // nobody of that name now: the fetch will tell
    return FieldProblem{
        "image",
        "image_registry_private",
        {fmt::format("The registry {} is in a private network; an administrator can name it "
                     "(cloudbrain image login {} --platform), and then its images may be used.",
                     reference.registry, reference.registry),
         fmt::format("镜像仓库 {} 位于私有网络；管理员登记该仓库后"
                     "（cloudbrain image login {} --platform）方可使用其镜像。",
                     reference.registry, reference.registry)}};
  }
  return std::nullopt;
}

std::vector<FieldProblem> check_external(store::Database& database, const Cluster& cluster,
                                         const TaskRequest& request) {
  if (const auto broken = check_image_reference(request.image))
    return {{"image", broken->code, broken->message}};
  if (!cluster.external_images) {
    return {{"image",
             "image_external",
             {fmt::format("There is no platform image \"{}\", and {} takes no external ones. See "
                          "the images that there are: cloudbrain image list.",
                          request.image, cluster.name),
              fmt::format("没有平台镜像“{}”，且集群 {} 不允许外部镜像。可用镜像见 "
                          "cloudbrain image list。",
                          request.image, cluster.name)}}};
  }
  if (auto problem = check_registry(database, parse_image_reference(request.image)))
    return {*problem};
  return {};
}

RegistryAccess access_to(store::Database& database, ProjectId project,
                         const std::string& registry) {
  const store::Registries registries(database);
  const auto platform = registries.find(ProjectId{}, registry);
  RegistryAccess access;
  access.plain_http = platform && platform->plain_http;
  // The platform's password is for images that the administrator chose, and for no others.
  const auto own = project ? registries.find(project, registry) : platform;
  if (own) {
    access.user = own->user_name;
    access.password = own->password;
  }
  return access;
}

}  // namespace

std::string ImageChoice::key() const {
  return fmt::format("image:{}:{}:{}", row.value, reference.text(),
                     access.user.empty() ? "" : sha256_hex(access.user + "\n" + access.password));
}

std::vector<FieldProblem> check_image_choice(store::Database& database, const Cluster& cluster,
                                             const TaskRequest& request) {
  const store::Images images(database);
  if (request.engine) {
    const std::vector<store::Image> all = images.all();
    if (image_of_engine(all, cluster, request) != nullptr || cluster.simulate) return {};
    return {engine_missing(all, cluster, request)};
  }
  if (request.image == kHostImage) {
    if (serves(cluster.images, kHostImage)) return {};
    return {image_does_not_fit(cluster, request)};
  }
  const auto image = images.find(request.image);
  if (!image) return check_external(database, cluster, request);
  if (fits(*image, cluster, request)) return {};
  return {image_does_not_fit(cluster, request)};
}

std::optional<ImageChoice> choose_image(store::Database& database, const Cluster& cluster,
                                        ProjectId project, const TaskRequest& request) {
  const store::Images images(database);
  std::optional<store::Image> image;
  if (request.engine) {
    const std::vector<store::Image> all = images.all();
    const store::Image* found = image_of_engine(all, cluster, request);
    if (found == nullptr && cluster.simulate) return std::nullopt;
    if (found != nullptr) image = *found;
  } else {
    if (request.image == kHostImage) return std::nullopt;
    image = images.find(request.image);
  }
  if (!image) {
    std::vector<FieldProblem> problems = check_image_choice(database, cluster, request);
    if (!problems.empty()) throw Error::fields(std::move(problems));
  }
  ImageChoice choice;
  if (image) {
    choice.row = image->id;
    choice.digest = image->digest;
    choice.from_archive = image->from_archive;
  }
  const std::string text = image ? image->reference : request.image;
  if (choice.from_archive) return choice;
  choice.reference = parse_image_reference(text);
  // Whatever its tag has come to mean: should the tree be gone, the same image is fetched again.
  if (!choice.digest.empty()) choice.reference.digest = choice.digest;
  choice.access = access_to(database, image ? ProjectId{} : project, choice.reference.registry);
  return choice;
}

}  // namespace cloudbrain
