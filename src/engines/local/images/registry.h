// Asking a registry, by skopeo.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/image.h"
#include "engines/local/images/tool.h"

namespace cloudbrain {

// How to speak to the registry of an image.
struct RegistryAccess {
  std::string user;  // empty: as nobody
  std::string password;
  bool plain_http = false;  // http, or https with a certificate that nobody vouches for

  bool operator==(const RegistryAccess&) const = default;
};

// What a reference stands for at this moment, on this machine's architecture.
struct ResolvedImage {
  std::string digest;      // of the manifest
  std::int64_t bytes = 0;  // of its layers, compressed
  std::int64_t layers = 0;
};

// Safe from any thread. Each call makes a directory of its own below `work` and removes it.
class Registry {
 public:
  Registry(fs::path work, fs::path hidden) : work_(std::move(work)), hidden_(std::move(hidden)) {}

  // Throws the Errors of image_errors.h; tries again where that may help.
  ResolvedImage resolve(const ImageReference& reference, const RegistryAccess& access,
                        const GoOn& go_on) const;

  // Fetches the manifest's image into `layout`, an OCI image layout with the tag "image". What is
  // there already is not fetched again.
  void fetch(const ImageReference& reference, const std::string& digest,
             const RegistryAccess& access, const fs::path& layout, const GoOn& go_on) const;

  // From `docker save`, `podman save` or an OCI archive.
  void read_archive(const fs::path& archive, const std::string& name, const fs::path& layout,
                    const GoOn& go_on) const;

 private:
  std::string inspect(const ImageReference& reference, const std::string& digest, bool config,
                      const RegistryAccess& access, const GoOn& go_on) const;
  ProcessResult run(std::vector<std::string> argv, const ImageReference& reference,
                    const RegistryAccess& access, const fs::path& directory,
                    const GoOn& go_on) const;

  const fs::path work_;
  const fs::path hidden_;
};

// "amd64", "arm64": as images name this machine's architecture.
std::string machine_architecture();

}  // namespace cloudbrain
