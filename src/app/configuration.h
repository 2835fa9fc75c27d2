// What `cloudbrain serve` is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"

namespace cloudbrain::app {

struct Configuration {
  fs::path data;    // everything the server keeps
  fs::path config;  // where clusters.toml and specs.toml may lie; empty: in `data`
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: a free one
  fs::path runner;  // cloudbrain-runner; empty: beside the program, else where the package puts it
  std::optional<std::string>
      admin_password;       // of the first administrator; else random and printed once
  std::optional<int> cpus;  // sell this many cores instead of all
  std::optional<std::int64_t> memory_bytes;
  std::optional<std::int64_t>
      task_disk;              // bytes a task may keep on disk; else half of what is free
  std::vector<fs::path> cdi;  // directories of CDI files; empty: where the specification has them
  // Whose X-Forwarded-For is believed. This machine's own proxy needs no word; whoever else is on
  // this machine could only hide where wrong passwords come from.
  std::vector<std::string> proxies{"127.0.0.1", "::1"};
  std::chrono::seconds upload_expiry = std::chrono::hours(24);  // after an upload's last byte
  bool verbose = false;

  // Where clusters.toml and specs.toml are looked for.
  const fs::path& directory() const { return config.empty() ? data : config; }
};

// "HOST:PORT", "[::1]:8080" or ":8080". Throws Error invalid ("listen_address").
void set_listen(Configuration& configuration, std::string_view text);

// Where the runner is. Throws Error missing ("runner_missing") with the places that were tried.
fs::path find_runner(const Configuration& configuration);

}  // namespace cloudbrain::app
