// How far a long transfer is, for the person who waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

// Bytes a second over the last few seconds, so that a stall or a burst shows.
class Rate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void add(Time now, std::uint64_t done);
  double bytes_per_second() const;  // 0: not known yet

 private:
  struct Sample {
    Time at;
    std::uint64_t done = 0;
  };
  std::deque<Sample> samples_;
};

// "mnist.zip  [#####     ]  52%  1.2 GiB of 2.3 GiB  310.0 MiB/s  3s left", at most `width`
// columns: what is least missed goes first. `left_s` below 0: not known.
struct ProgressState {
  std::string_view label;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  double rate = 0;
};
std::string progress_line(const ProgressState& state, std::size_t width, bool chinese);

// A bar that is redrawn in place on a terminal; elsewhere a plain line now and then. Nothing with
// --json. One thread.
class Progress {
 public:
  Progress(Terminal& terminal, std::string label, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Leaves the cursor at the start of a fresh line, whatever ends the transfer.
  ~Progress();

  void label(std::string label) { label_ = std::move(label); }
  void at(std::uint64_t done);
  // Takes the bar away, so that a line can be written in its place; the next at() draws it again.
  void clear();
  // Draws the last state and leaves it on the screen.
  void finish();

 private:
  void draw();

  Terminal& terminal_;
  std::string label_;
  const std::uint64_t total_;
  std::uint64_t done_ = 0;
  Rate rate_;
  Rate::Time drawn_at_;
  bool on_screen_ = false;
};

}  // namespace cloudbrain::cli
