#include "cli/screen/progress.h"

#include <fmt/format.h>

#include "cli/screen/table.h"
#include "cli/screen/words.h"

namespace cloudbrain::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kRateWindow{5};
constexpr milliseconds kRedraw{100};
constexpr seconds kPlainLine{5};

std::string bar(std::uint64_t done, std::uint64_t total, std::size_t cells) {
  const std::size_t full =
      total == 0 ? cells
                 : static_cast<std::size_t>(static_cast<double>(done) / static_cast<double>(total) *
                                            static_cast<double>(cells));
  return "[" + std::string(full, '#') + std::string(cells - full, ' ') + "]";
}

std::string bytes_of(std::uint64_t bytes) {
  return size_text(static_cast<std::int64_t>(bytes));
}

std::string time_left(const ProgressState& state, bool chinese) {
  if (state.rate < 1 || state.done >= state.total) return {};
  const double left = static_cast<double>(state.total - state.done) / state.rate;
  const std::string text = duration_text(static_cast<std::int64_t>(left) + 1);
  return chinese ? "剩余 " + text : text + " left";
}

}  // namespace

void Rate::add(Time now, std::uint64_t done) {
  samples_.push_back({now, done});
  while (samples_.size() > 2 && samples_.front().at + kRateWindow < now) samples_.pop_front();
}

double Rate::bytes_per_second() const {
  if (samples_.size() < 2) return 0;
  const std::chrono::duration<double> span = samples_.back().at - samples_.front().at;
  if (span.count() <= 0 || samples_.back().done < samples_.front().done) return 0;
  return static_cast<double>(samples_.back().done - samples_.front().done) / span.count();
}

std::string progress_line(const ProgressState& state, std::size_t width, bool chinese) {
  const std::uint64_t done = std::min(state.done, state.total);
  const int percent =
      state.total == 0
          ? 100
          : static_cast<int>(static_cast<double>(done) * 100 / static_cast<double>(state.total));
  const std::string amount = chinese
                                 ? fmt::format("{}/{}", bytes_of(done), bytes_of(state.total))
                                 : fmt::format("{} of {}", bytes_of(done), bytes_of(state.total));
  std::string tail = fmt::format("  {:3}%  {}", percent, amount);
  if (state.rate >= 1)
    tail += fmt::format("  {}/s", bytes_of(static_cast<std::uint64_t>(state.rate)));
  const std::string left = time_left(state, chinese);
  if (!left.empty()) tail += "  " + left;

  // The label keeps a dozen columns before the bar gets any, the bar its place before a long label.
  constexpr std::size_t kLeastLabel = 12;
  constexpr std::size_t kLeastBar = 8;
  constexpr std::size_t kMostBar = 20;
  constexpr std::size_t kFrame = 4;  // two spaces and the brackets
  const std::string label = harmless(state.label);
  const std::size_t tail_width = display_width(tail);
  const std::size_t least_label = std::min(kLeastLabel, display_width(label));
  if (tail_width + least_label > width) return shortened(tail.substr(2), width);
  const std::size_t room = width - tail_width;
  if (room < least_label + kFrame + kLeastBar) return shortened(label, room) + tail;
  const std::string kept = shortened(label, room - kFrame - kLeastBar);
  const std::size_t cells = std::min(kMostBar, room - display_width(kept) - kFrame);
  return kept + "  " + bar(done, state.total, cells) + tail;
}

Progress::Progress(Terminal& terminal, std::string label, std::uint64_t total)
    : terminal_(terminal), label_(std::move(label)), total_(total) {
  drawn_at_ = std::chrono::steady_clock::now();
  rate_.add(drawn_at_, 0);
}

Progress::~Progress() {
  if (on_screen_) terminal_.write_error("\n");
}

void Progress::at(std::uint64_t done) {
  done_ = done;
  if (terminal_.json()) return;
  const auto now = std::chrono::steady_clock::now();
  const auto pause = terminal_.err_is_terminal() ? std::chrono::nanoseconds(kRedraw)
                                                 : std::chrono::nanoseconds(kPlainLine);
  if (now - drawn_at_ < pause) return;
  drawn_at_ = now;
  rate_.add(now, done);
  draw();
}

void Progress::clear() {
  if (!on_screen_) return;
  terminal_.write_error("\r\x1b[K");
  on_screen_ = false;
}

void Progress::finish() {
  if (terminal_.json()) return;
  rate_.add(std::chrono::steady_clock::now(), done_);
  draw();
  if (on_screen_) terminal_.write_error("\n");
  on_screen_ = false;
}

void Progress::draw() {
  const ProgressState state{label_, done_, total_, rate_.bytes_per_second()};
  if (!terminal_.err_is_terminal()) {
    constexpr std::size_t kNoLimit = 200;
    terminal_.note(progress_line(state, kNoLimit, terminal_.chinese()));
    return;
  }
  // One column stays free: some terminals wrap as soon as the last one is filled.
  const std::string line = progress_line(state, terminal_.err_width() - 1, terminal_.chinese());
  terminal_.write_error("\r" + line + "\x1b[K");
  on_screen_ = true;
}

}  // namespace cloudbrain::cli
