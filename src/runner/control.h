// What the runner and the process it starts say to each other, over one socket pair.
//
//   starter ─► runner   ready     it is in its cgroups (text: what could not be done)
//   runner ─► starter   go        text: the attempt's directory
//   starter ─► runner   failed    text: why the command could not be started
//   init ─► runner      started   the script runs
//   init ─► runner      failed    text: why the script could not be started
//   runner ─► init      terminate TERM to every process of the sandbox
//   init ─► runner      ended     value: the script's status, as wait() gives it
//
// The starter becomes the command (bwrap), which becomes init. Whoever is left alone sees the end
// of the stream: init then ends, and all of the sandbox with it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/files.h"

namespace cloudbrain::runner {

enum class Word : std::uint8_t { ready, go, failed, started, terminate, ended };

struct Message {
  Word word = Word::ready;
  int value = 0;
  std::string text;  // at most kTextLimit bytes; the rest is cut off
};

inline constexpr std::size_t kTextLimit = 4096;

// A connected pair, closed on exec.
std::optional<std::pair<Fd, Fd>> make_control();

void send(int control, Word word, int value = 0, std::string_view text = {});
// Waits for the next message; nullopt where the other side is gone.
std::optional<Message> receive(int control);

}  // namespace cloudbrain::runner
