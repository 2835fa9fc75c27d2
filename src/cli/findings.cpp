#include "cli/findings.h"

#include <algorithm>

#include "cli/exit_codes.h"
#include "cli/screen/table.h"

namespace cloudbrain::cli {

namespace {

struct Mark {
  Text word;
  Paint paint = Paint::plain;
};

Mark mark_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return {{"ok", "正常"}, Paint::green};
    case Verdict::warn:
      return {{"warning", "注意"}, Paint::yellow};
    case Verdict::fail:
      return {{"missing", "缺失"}, Paint::red};
  }
  return {{"", ""}, Paint::plain};
}

void print_in_json(Terminal& terminal, const std::vector<Finding>& findings) {
  json::array list;
  for (const Finding& finding : findings) {
    list.push_back(json::object{{"name", finding.name},
                                {"verdict", enum_name(finding.verdict)},
                                {"detail", terminal.say(finding.detail)},
                                {"mend", terminal.say(finding.mend)}});
  }
  terminal.print_json(json::object{{"findings", std::move(list)}});
}

void print_for_people(Terminal& terminal, const std::vector<Finding>& findings) {
  std::size_t name_width = 0;
  std::size_t mark_width = 0;
  for (const Finding& finding : findings) {
    name_width = std::max(name_width, display_width(finding.name));
    mark_width = std::max(mark_width, display_width(terminal.say(mark_of(finding.verdict).word)));
  }
  for (const Finding& finding : findings) {
    const Mark mark = mark_of(finding.verdict);
    terminal.print_line(fmt::format(
        "{}  {}  {}", terminal.paint(mark.paint, padded(terminal.say(mark.word), mark_width)),
        padded(finding.name, name_width), terminal.say(finding.detail)));
    if (finding.mend.empty()) continue;
    terminal.print_line(std::string(mark_width + name_width + 4, ' ') + "→ " +
                        terminal.say(finding.mend));
  }
}

}  // namespace

int print_findings(Terminal& terminal, const std::vector<Finding>& findings) {
  const auto count = [&](Verdict verdict) {
    return std::count_if(findings.begin(), findings.end(),
                         [&](const Finding& finding) { return finding.verdict == verdict; });
  };
  const auto failed = count(Verdict::fail);
  const auto warned = count(Verdict::warn);
  if (terminal.json()) {
    print_in_json(terminal, findings);
  } else {
    print_for_people(terminal, findings);
    const Text summary = failed + warned == 0
                             ? Text{"This machine is ready.", "本机已就绪。"}
                             : Text{fmt::format("{} missing, {} to look at.", failed, warned),
                                    fmt::format("缺失 {} 项，需注意 {} 项。", failed, warned)};
    terminal.print_line("\n" + terminal.say(summary));
  }
  return failed == 0 ? kDone : kRequestFailed;
}

}  // namespace cloudbrain::cli
