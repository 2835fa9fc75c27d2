// The catalogue of platform images, and how registries are spoken to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "domain/task.h"
#include "store/database.h"

namespace cloudbrain {

using ImageId = Id<struct ImageTag>;
using RegistryId = Id<struct RegistryTag>;

}  // namespace cloudbrain

namespace cloudbrain::store {

// An image that the administrator offers.
struct Image {
  ImageId id;
  std::string name;  // what a task names
  std::string description;
  std::vector<std::string> tags;  // "CUDA 11.1", "Python 3.7"
  std::string reference;          // empty where it came as an archive
  std::string digest;             // what tasks get; empty until it was fetched once
  bool from_archive = false;
  bool recommended = false;
  std::vector<std::string> computes;  // empty: every one
  std::vector<std::string> clusters;  // empty: every one
  std::vector<std::string> engines;   // AI engines of NPU tasks that it stands for
  std::optional<Reason> failure;      // of the last try to fetch it
  TimePoint created_at;

  bool operator==(const Image&) const = default;
};
BOOST_DESCRIBE_STRUCT(Image, (),
                      (id, name, description, tags, reference, digest, from_archive, recommended,
                       computes, clusters, engines, failure, created_at))

class Images {
 public:
  explicit Images(Database& database) : database_(database) {}

  // Throws conflict "image_name_in_use".
  ImageId insert(const Image& image);
  std::optional<Image> find(ImageId id) const;
  std::optional<Image> find(std::string_view name) const;
  // Recommended ones first, then by name: a catalogue is short.
  std::vector<Image> all() const;
  // False where it was removed meanwhile. Throws conflict "image_name_in_use".
  bool update(const Image& changed);
  bool remove(ImageId id);

 private:
  Database& database_;
};

// The password is never given to anybody.
struct Registry {
  RegistryId id;
  ProjectId project;     // 0: the platform's
  std::string registry;  // "registry.example.com:5000"
  std::string user_name;
  std::string password;
  bool plain_http = false;  // the platform's alone
  TimePoint created_at;

  bool operator==(const Registry&) const = default;
};
BOOST_DESCRIBE_STRUCT(Registry, (),
                      (id, project, registry, user_name, password, plain_http, created_at))

// `project` 0 stands for the platform.
class Registries {
 public:
  explicit Registries(Database& database) : database_(database) {}

  // In place of what was there for the same registry.
  void put(const Registry& registry);
  std::optional<Registry> find(ProjectId project, std::string_view registry) const;
  std::vector<Registry> list(ProjectId project) const;
  bool remove(ProjectId project, std::string_view registry);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
