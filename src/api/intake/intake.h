// Where uploaded bytes go once they are whole. One way for a PUT and for a resumable upload.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/class.hpp>

#include "api/services.h"
#include "store/projects.h"

namespace cloudbrain::api {

// What the bytes are to become. Kept as JSON with an unfinished upload.
struct UploadTarget {
  std::string dataset;  // a data set of the project, made where it is not there yet; or
  std::string model;    // a model …
  std::string version;  // … and its version, "V0002"; empty: a new one
  std::string file;     // the file's name; of a model: its relative path

  bool operator==(const UploadTarget&) const = default;
};
BOOST_DESCRIBE_STRUCT(UploadTarget, (), (dataset, model, version, file))

// Everything that can be told before a byte comes: the names, that the user may write to the
// project, that the name is free, and, where `size` is given, that the owner's quota and the disk
// have room for so many bytes. Throws Error: invalid, denied, conflict, no_space.
void check_target(const Services& services, const store::Project& project, UserId user,
                  const UploadTarget& target, std::optional<std::uint64_t> size);

// Gives the blob to its owner. `patience`: how long to wait for an archive's unpacking, so that a
// small one is told to be good or bad at once. The same bytes once more change nothing. Throws what
// check_target throws, and unpacking's Error. Room was made before, when the bytes came.
void take_blob(const Services& services, const store::Project& project, UserId user,
               const UploadTarget& target, const Blob& blob, std::chrono::milliseconds patience);

}  // namespace cloudbrain::api
