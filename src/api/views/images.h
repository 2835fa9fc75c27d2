// Images of tasks and the registries that they come from. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct ImageFailureView {
  std::string code;
  std::string message;
  std::string next;
};
BOOST_DESCRIBE_STRUCT(ImageFailureView, (), (code, message, next))

struct ImageView {
  std::string name;  // what a task names
  std::string title;
  std::vector<std::string> tags;
  std::string reference;  // empty: of this machine, or from an archive
  std::string digest;     // what tasks get; empty until it was fetched once
  bool recommended = false;
  std::vector<std::string> computes;  // empty: every one
  std::vector<std::string> clusters;  // empty: every one
  std::vector<std::string> engines;   // AI engines that it stands for
  std::string
      state;  // ready, absent (fetched when first used), asking, fetching, unpacking, failed
  std::int64_t layers = 0;  // of what is being fetched
  std::int64_t layers_done = 0;
  std::int64_t bytes = 0;
  std::int64_t bytes_done = 0;
  std::int64_t size = 0;  // of its files, once it is unpacked
  std::optional<ImageFailureView> failure;
};
BOOST_DESCRIBE_STRUCT(ImageView, (),
                      (name, title, tags, reference, digest, recommended, computes, clusters,
                       engines, state, layers, layers_done, bytes, bytes_done, size, failure))

struct ImageList {
  std::vector<ImageView> items;
};
BOOST_DESCRIBE_STRUCT(ImageList, (), (items))

struct ImageBody {
  std::string name;
  std::string reference;
  std::string description;
  std::vector<std::string> tags;
  bool recommended = false;
  std::vector<std::string> computes;
  std::vector<std::string> clusters;
  std::vector<std::string> engines;
  bool fetch = true;  // at once; else when a task first wants it

  static constexpr std::array<std::string_view, 2> kRequired{"name", "reference"};
};
BOOST_DESCRIBE_STRUCT(ImageBody, (),
                      (name, reference, description, tags, recommended, computes, clusters, engines,
                       fetch))

// What is left out stays as it is.
struct ImageChange {
  std::optional<std::string> name;
  std::optional<std::string> reference;  // the digest is settled anew
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> tags;
  std::optional<bool> recommended;
  std::optional<std::vector<std::string>> computes;
  std::optional<std::vector<std::string>> clusters;
  std::optional<std::vector<std::string>> engines;
};
BOOST_DESCRIBE_STRUCT(ImageChange, (),
                      (name, reference, description, tags, recommended, computes, clusters,
                       engines))

struct PrunedView {
  std::int64_t freed_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(PrunedView, (), (freed_bytes))

// The password is never shown again.
struct RegistryView {
  std::string registry;
  std::string user_name;
  bool plain_http = false;
  TimePoint created_at;
};
BOOST_DESCRIBE_STRUCT(RegistryView, (), (registry, user_name, plain_http, created_at))

struct RegistryList {
  std::vector<RegistryView> items;
};
BOOST_DESCRIBE_STRUCT(RegistryList, (), (items))

struct RegistryBody {
  std::string user_name;  // empty: as nobody
  std::string password;
  bool plain_http = false;  // without TLS, or with a certificate that nobody vouches for: the
                            // platform's registries alone
};
BOOST_DESCRIBE_STRUCT(RegistryBody, (), (user_name, password, plain_http))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_IMAGE_VIEWS(X) \
  X(ImageView) X(ImageList) X(ImageBody) X(ImageChange) X(PrunedView) X(RegistryView) X(RegistryList) \
  X(RegistryBody)
// clang-format on

}  // namespace cloudbrain::api
