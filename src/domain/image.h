// Images of tasks: how they are named, and what an unpacked one says of itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "domain/names.h"

namespace cloudbrain {

// The machine's own programs, without any container.
inline constexpr std::string_view kHostImage = "host";

// [registry/]repository[:tag][@sha256:…], as the container engines write it. What is left out is
// filled in as they do: docker.io, library/, latest.
struct ImageReference {
  std::string registry;    // "docker.io", "127.0.0.1:5000"
  std::string repository;  // "library/debian"
  std::string tag;         // empty where a digest is given alone
  std::string digest;      // "sha256:…"; empty: not said

  // registry/repository, the tag left out where a digest says it better.
  std::string text() const;
  std::string at(std::string_view digest) const;

  bool operator==(const ImageReference&) const = default;
};

// The rule of the platform's form: at most 255 bytes of
// [host[:port]/]name[/name…][:tag][@sha256:64 hex], names of letters, digits, ".", "_" and "-".
std::optional<RuleProblem> check_image_reference(std::string_view text);
// Of a text that keeps the rule.
ImageReference parse_image_reference(std::string_view text);
// "sha256:" and 64 lower-case hex digits.
bool is_image_digest(std::string_view text);

// image.json beside the tree: what of its configuration a task is started with. Written last, so an
// image that has it is whole.
struct UnpackedImage {
  int format = 1;
  std::string digest;     // of the manifest
  std::string reference;  // where it came from; for people
  std::vector<std::string> entrypoint;
  std::map<std::string, std::string> environment;
  std::string working_directory;
  int user = 0;  // numbers inside the image
  int group = 0;
  std::string home;
  std::int64_t size_bytes = 0;  // of its files
  TimePoint unpacked_at;

  bool operator==(const UnpackedImage&) const = default;
};
BOOST_DESCRIBE_STRUCT(UnpackedImage, (),
                      (format, digest, reference, entrypoint, environment, working_directory, user,
                       group, home, size_bytes, unpacked_at))

}  // namespace cloudbrain
