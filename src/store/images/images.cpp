#include "store/images/images.h"

#include <fmt/format.h>

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT id, name, description, tags_json, reference, digest, from_archive, recommended, "
    "computes_json, clusters_json, engines_json, failure_json, created_at FROM images ";

[[noreturn]] void throw_name_in_use(const Image& image) {
  throw Error(ErrorKind::conflict, "image_name_in_use",
              {fmt::format("There already is an image named \"{}\".", image.name),
               fmt::format("已有名为“{}”的镜像。", image.name)},
              {"Choose another name, or change that one.", "请换一个名称，或修改已有镜像。"});
}

}  // namespace

ImageId Images::insert(const Image& image) {
  Writing writing(database_);
  const auto id = value<ImageId>(
      writing.connection(),
      "INSERT INTO images (name, description, tags_json, reference, digest, from_archive, "
      "recommended, computes_json, clusters_json, engines_json, failure_json, created_at) VALUES "
      "(:name, :description, :tags, :reference, :digest, :from_archive, :recommended, :computes, "
      ":clusters, :engines, :failure, :created_at) ON CONFLICT DO NOTHING RETURNING id",
      image.name, image.description, image.tags, image.reference, image.digest, image.from_archive,
      image.recommended, image.computes, image.clusters, image.engines, image.failure,
      image.created_at);
  if (!id) throw_name_in_use(image);
  writing.commit();
  return *id;
}

std::optional<Image> Images::find(ImageId id) const {
  Reading reading(database_);
  return row<Image>(reading.connection(), kSelect + "WHERE id = :id", id);
}

std::optional<Image> Images::find(std::string_view name) const {
  Reading reading(database_);
  return row<Image>(reading.connection(), kSelect + "WHERE lower(name) = lower(:name)",
                    std::string(name));
}

std::vector<Image> Images::all() const {
  Reading reading(database_);
  return rows<Image>(reading.connection(), kSelect + "ORDER BY recommended DESC, lower(name)");
}

bool Images::update(const Image& changed) {
  Writing writing(database_);
  const auto other = value<ImageId>(
      writing.connection(), "SELECT id FROM images WHERE lower(name) = lower(:name) AND id <> :id",
      changed.name, changed.id);
  if (other) throw_name_in_use(changed);
  const auto count =
      change(writing.connection(),
             "UPDATE images SET name = :name, description = :description, tags_json = :tags, "
             "reference = :reference, digest = :digest, from_archive = :from_archive, "
             "recommended = :recommended, computes_json = :computes, clusters_json = :clusters, "
             "engines_json = :engines, failure_json = :failure WHERE id = :id",
             changed.name, changed.description, changed.tags, changed.reference, changed.digest,
             changed.from_archive, changed.recommended, changed.computes, changed.clusters,
             changed.engines, changed.failure, changed.id);
  writing.commit();
  return count == 1;
}

bool Images::remove(ImageId id) {
  Writing writing(database_);
  const auto count = change(writing.connection(), "DELETE FROM images WHERE id = :id", id);
  writing.commit();
  return count == 1;
}

void Registries::put(const Registry& registry) {
  Writing writing(database_);
  change(writing.connection(),
         "INSERT INTO registries (project_id, registry, user_name, password, plain_http, "
         "created_at) VALUES (:project, :registry, :user_name, :password, :plain_http, :created) "
         "ON CONFLICT (coalesce(project_id, 0), registry) DO UPDATE SET "
         "user_name = excluded.user_name, password = excluded.password, "
         "plain_http = excluded.plain_http",
         registry.project, registry.registry, registry.user_name, registry.password,
         registry.plain_http, registry.created_at);
  writing.commit();
}

std::optional<Registry> Registries::find(ProjectId project, std::string_view registry) const {
  Reading reading(database_);
  return row<Registry>(reading.connection(),
                       "SELECT id, project_id, registry, user_name, password, plain_http, "
                       "created_at FROM registries WHERE coalesce(project_id, 0) = :project AND "
                       "registry = :registry",
                       static_cast<long long>(project.value), std::string(registry));
}

std::vector<Registry> Registries::list(ProjectId project) const {
  Reading reading(database_);
  return rows<Registry>(reading.connection(),
                        "SELECT id, project_id, registry, user_name, password, plain_http, "
                        "created_at FROM registries WHERE coalesce(project_id, 0) = :project "
                        "ORDER BY registry",
                        static_cast<long long>(project.value));
}

bool Registries::remove(ProjectId project, std::string_view registry) {
  Writing writing(database_);
  const auto count = change(writing.connection(),
                            "DELETE FROM registries WHERE coalesce(project_id, 0) = :project AND "
                            "registry = :registry",
                            static_cast<long long>(project.value), std::string(registry));
  writing.commit();
  return count > 0;
}

}  // namespace cloudbrain::store
