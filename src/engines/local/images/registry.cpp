#include "engines/local/images/registry.h"

#include <chrono>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/utsname.h>

#include "base/hash.h"
#include "base/json.h"
#include "engines/local/images/image_errors.h"

namespace cloudbrain {

namespace {

using std::chrono::milliseconds;

constexpr int kTries = 4;
constexpr milliseconds kFirstPause{500};  // doubled after each

// The members of manifests and indexes that matter here (OCI image specification; Docker's schema
// 2 has the same names).
struct Platform {
  std::string architecture;
  std::string os;
};
BOOST_DESCRIBE_STRUCT(Platform, (), (architecture, os))
struct Descriptor {
  std::string digest;
  std::int64_t size = 0;
  std::optional<Platform> platform;
};
BOOST_DESCRIBE_STRUCT(Descriptor, (), (digest, size, platform))
struct Manifest {
  std::vector<Descriptor> manifests;  // of an index
  std::vector<Descriptor> layers;
};
BOOST_DESCRIBE_STRUCT(Manifest, (), (manifests, layers))

Manifest parse_manifest(const ImageReference& reference, const std::string& text) {
  try {
    return from_json<Manifest>(parse_json(text), UnknownMembers::ignore);
  } catch (const Error& error) {
    throw image_errors::broken(reference.text(), error.message().en);
  }
}

// The manifest for this machine in an index.
std::string choose(const ImageReference& reference, const Manifest& index) {
  const std::string machine = machine_architecture();
  std::set<std::string> offered;
  for (const Descriptor& one : index.manifests) {
    if (!one.platform || !is_image_digest(one.digest)) continue;
    if (one.platform->os == "linux" && one.platform->architecture == machine) return one.digest;
    if (one.platform->os != "unknown")
      offered.insert(one.platform->os + "/" + one.platform->architecture);
  }
  throw image_errors::wrong_architecture(reference.text(), "linux/" + machine,
                                         fmt::format("{}", fmt::join(offered, ", ")));
}

// Waits as long as somebody cares.
void pause(milliseconds length, const GoOn& go_on) {
  const auto end = std::chrono::steady_clock::now() + length;
  while (go_on() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(50));
  }
}

void write_credentials(const fs::path& file, const ImageReference& reference,
                       const RegistryAccess& access) {
  json::object auths;
  if (!access.user.empty()) {
    const std::string key = reference.registry == "docker.io" ? "docker.io" : reference.registry;
    auths[key] = {{"auth", base64_encode(access.user + ":" + access.password)}};
  }
  write_file_atomic(file, to_text(json::object{{"auths", auths}}), Durable::no, 0600);
}

}  // namespace

std::string machine_architecture() {
  utsname names{};
  ::uname(&names);
  const std::string machine = names.machine;
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  return machine;
}

ProcessResult Registry::run(std::vector<std::string> argv, const ImageReference& reference,
                            const RegistryAccess& access, const fs::path& directory,
                            const GoOn& go_on) const {
  // Never among the arguments, which everyone on the machine can read.
  write_credentials(directory / "auth.json", reference, access);
  for (milliseconds length = kFirstPause;; length *= 2) {
    ProcessResult result =
        run_tool({.argv = argv, .writable = directory, .hidden = hidden_, .network = true}, go_on);
    if (result.status.ok()) return result;
    const image_errors::Failure failure =
        image_errors::from_skopeo(reference.text(), last_words(result.error));
    if (!failure.transient || length >= kFirstPause * (1 << (kTries - 1))) throw failure.error;
    pause(length, go_on);
  }
}

std::string Registry::inspect(const ImageReference& reference, const std::string& digest,
                              bool config, const RegistryAccess& access, const GoOn& go_on) const {
  const TemporaryDirectory directory(work_);
  std::vector<std::string> argv{"skopeo",     "--insecure-policy",
                                "inspect",    "--raw",
                                "--authfile", (directory.path() / "auth.json").native()};
  if (config) argv.emplace_back("--config");
  if (access.plain_http) argv.emplace_back("--tls-verify=false");
  argv.push_back("docker://" + (digest.empty() ? reference.text() : reference.at(digest)));
  return run(std::move(argv), reference, access, directory.path(), go_on).output;
}

ResolvedImage Registry::resolve(const ImageReference& reference, const RegistryAccess& access,
                                const GoOn& go_on) const {
  std::string text = inspect(reference, reference.digest, false, access, go_on);
  std::string digest = "sha256:" + sha256_hex(text);
  if (!reference.digest.empty() && digest != reference.digest) {
    throw image_errors::broken(reference.text(), "the registry gave " + digest);
  }
  Manifest manifest = parse_manifest(reference, text);
  if (!manifest.manifests.empty()) {
    digest = choose(reference, manifest);
    manifest = parse_manifest(reference, inspect(reference, digest, false, access, go_on));
  } else {
    const auto platform = from_json<Platform>(
        parse_json(inspect(reference, digest, true, access, go_on)), UnknownMembers::ignore);
    if (platform.architecture != machine_architecture()) {
      throw image_errors::wrong_architecture(reference.text(), "linux/" + machine_architecture(),
                                             platform.os + "/" + platform.architecture);
    }
  }
  ResolvedImage resolved{digest, 0, static_cast<std::int64_t>(manifest.layers.size())};
  for (const Descriptor& layer : manifest.layers) resolved.bytes += layer.size;
  return resolved;
}

void Registry::fetch(const ImageReference& reference, const std::string& digest,
                     const RegistryAccess& access, const fs::path& layout,
                     const GoOn& go_on) const {
  const fs::path directory = layout.parent_path();
  std::vector<std::string> argv{
      "skopeo", "--insecure-policy", "--tmpdir",       directory.native(),
      "copy",   "--quiet",           "--src-authfile", (directory / "auth.json").native()};
  if (access.plain_http) argv.emplace_back("--src-tls-verify=false");
  argv.push_back("docker://" + reference.at(digest));
  argv.push_back("oci:" + layout.native() + ":image");
  (void)run(std::move(argv), reference, access, directory, go_on);
}

void Registry::read_archive(const fs::path& archive, const std::string& name,
                            const fs::path& layout, const GoOn& go_on) const {
  std::string words;
  for (const char* kind : {"docker-archive:", "oci-archive:"}) {
    const ProcessResult result = run_tool(
        {.argv = {"skopeo", "--insecure-policy", "--tmpdir", layout.parent_path().native(), "copy",
                  "--quiet", kind + archive.native(), "oci:" + layout.native() + ":image"},
         .writable = layout.parent_path(),
         .hidden = hidden_},
        go_on);
    if (result.status.ok()) return;
    words = last_words(result.error);
    if (words.find("no space left") != std::string::npos) break;
    remove_tree(layout);
  }
  throw image_errors::archive_broken(name, words);
}

}  // namespace cloudbrain
