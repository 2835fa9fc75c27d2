#include "cli/failure.h"

#include "cli/net/api.h"
#include "cli/screen/table.h"

namespace cloudbrain::cli {

namespace {

json::value in_json(const Terminal& terminal, const Error& error) {
  json::object document{{"code", error.code()}, {"detail", terminal.say(error.message())}};
  if (!error.next().empty()) document["next"] = terminal.say(error.next());
  return document;
}

void print_fields(Terminal& terminal, const std::vector<ProblemDetail>& details) {
  for (const ProblemDetail& detail : details) {
    terminal.note(fmt::format("  {}: {}", terminal.paint_error(Paint::bold, harmless(detail.field)),
                              harmless(detail.message)));
  }
}

}  // namespace

void print_failure(Terminal& terminal, const Error& error) {
  const auto* problem = dynamic_cast<const ServerProblem*>(&error);
  if (terminal.json()) {
    const bool sent = problem != nullptr && problem->answer().document.is_object();
    terminal.note(to_text(sent ? problem->answer().document : in_json(terminal, error)));
    return;
  }
  const bool listed = problem != nullptr && !problem->answer().details.empty();
  const std::string word = terminal.say({"error:", "错误："});
  // Several fields: the summary would repeat what the list below says.
  const std::string message =
      listed ? terminal.say({"The server did not accept this:", "服务器未接受以下内容："})
             : harmless(terminal.say(error.message()));
  terminal.note(terminal.paint_error(Paint::red, word) + " " + message);
  if (problem != nullptr) print_fields(terminal, problem->answer().details);
  if (!error.next().empty()) terminal.note("  → " + harmless(terminal.say(error.next())));
  if (problem != nullptr && !problem->answer().request_id.empty()) {
    const Text id{"request ", "请求编号 "};
    terminal.note(terminal.paint_error(
        Paint::dim, "  " + terminal.say(id) + harmless(problem->answer().request_id)));
  }
}

}  // namespace cloudbrain::cli
