#include "engines/local/images/image_layout.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/json.h"
#include "domain/image.h"
#include "engines/local/images/image_errors.h"

namespace cloudbrain {

namespace {

constexpr std::uintmax_t kMostJson = 4U << 20U;

struct Blob {
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(Blob, (), (digest))
struct Index {
  std::vector<Blob> manifests;
};
BOOST_DESCRIBE_STRUCT(Index, (), (manifests))
struct ImageManifest {
  Blob config;
};
BOOST_DESCRIBE_STRUCT(ImageManifest, (), (config))

// Their names are those of the specification, not ours. Lists may be null.
struct RuntimePart {
  std::optional<std::string> User;
  std::optional<std::vector<std::string>> Env;
  std::optional<std::vector<std::string>> Entrypoint;
  std::optional<std::string> WorkingDir;
};
BOOST_DESCRIBE_STRUCT(RuntimePart, (), (User, Env, Entrypoint, WorkingDir))
struct ConfigFile {
  std::string architecture;
  std::string os;
  std::optional<RuntimePart> config;
};
BOOST_DESCRIBE_STRUCT(ConfigFile, (), (architecture, os, config))

template <typename T>
T read_json(const fs::path& path) {
  if (fs::file_size(path) > kMostJson) {
    throw Error(ErrorKind::too_large, "image_broken",
                {path.filename().native() + " is larger than 4 MB.",
                 path.filename().native() + " 超过 4 MB。"});
  }
  return from_json<T>(parse_json(read_file(path)), UnknownMembers::ignore);
}

fs::path blob(const fs::path& layout, const std::string& digest) {
  if (!is_image_digest(digest)) {
    throw Error(ErrorKind::invalid, "image_broken",
                {"\"" + digest + "\" is no digest.", "“" + digest + "”不是摘要。"});
  }
  return layout / "blobs" / "sha256" / digest.substr(digest.find(':') + 1);
}

ImageConfiguration read(const fs::path& layout) {
  const auto index = read_json<Index>(layout / "index.json");
  if (index.manifests.empty()) {
    throw Error(ErrorKind::invalid, "image_broken", {"the index is empty.", "索引为空。"});
  }
  ImageConfiguration image;
  image.digest = index.manifests.front().digest;
  const auto manifest = read_json<ImageManifest>(blob(layout, image.digest));
  const auto file = read_json<ConfigFile>(blob(layout, manifest.config.digest));
  image.architecture = file.architecture;
  image.os = file.os;
  const RuntimePart config = file.config.value_or(RuntimePart{});
  image.user = config.User.value_or("");
  image.entrypoint = config.Entrypoint.value_or(std::vector<std::string>{});
  image.working_directory = config.WorkingDir.value_or("");
  for (const std::string& entry : config.Env.value_or(std::vector<std::string>{})) {
    const std::size_t equals = entry.find('=');
    if (equals == 0 || equals == std::string::npos || entry.find('\0') != std::string::npos)
      continue;
    image.environment[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return image;
}

}  // namespace

ImageConfiguration read_layout(const fs::path& layout, const std::string& reference) {
  try {
    return read(layout);
  } catch (const Error& error) {
    throw image_errors::broken(reference, error.message().en);
  } catch (const fs::filesystem_error& error) {
    throw image_errors::broken(reference, error.code().message());
  }
}

LayoutSize size_of_layout(const fs::path& layout) {
  LayoutSize size;
  std::error_code error;
  for (fs::recursive_directory_iterator at(layout, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;  // a blob that is whole gets its name just now
    if (!at->is_regular_file(gone)) continue;
    const std::uintmax_t bytes = at->file_size(gone);
    if (gone) continue;
    size.bytes += static_cast<std::int64_t>(bytes);
    if (at->path().parent_path().filename() == "sha256") ++size.blobs;
  }
  return size;
}

}  // namespace cloudbrain
