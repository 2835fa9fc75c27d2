#include "cli/commands/task_follow.h"

#include <algorithm>

#include "cli/commands/task_words.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/net/event_stream.h"
#include "domain/state_machine.h"

namespace cloudbrain::cli {

namespace {

using Clock = std::chrono::steady_clock;

// The server writes a comment every 15 s.
constexpr std::chrono::seconds kSilence{45};
constexpr std::chrono::minutes kGiveUp{10};
constexpr std::chrono::seconds kBeforeAsking{1};
constexpr std::chrono::seconds kBetweenQuestions{5};
constexpr int kFirstPauseMs = 100;
constexpr int kLongestPauseMs = 5000;

struct LogPiece {
  std::int64_t offset = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(LogPiece, (), (offset, text))

// One task being watched.
class Follower {
 public:
  Follower(Session& session, const Following& following)
      : session_(session),
        terminal_(session.terminal()),
        following_(following),
        stream_([this](const ServerEvent& event) { take(event); }) {}

  api::TaskView run() {
    const Interrupt interrupt;
    try {
      while (!ended_) {
        connect_once(interrupt);
        if (!ended_) pause(interrupt);
      }
    } catch (const Error& error) {
      if (error.code() == kInterruptedError) tell_that_it_goes_on();
      throw;
    }
    if (task_ && is_final(task_->state)) return *task_;
    return session_.api().get_as<api::TaskView>(task_path());
  }

 private:
  Path task_path() const { return Path{"tasks", std::to_string(following_.task)}; }

  // Returns at the end of the stream, and where another try may help.
  void connect_once(const Interrupt& interrupt) {
    HttpCall call;
    call.headers.emplace_back("Accept", "text/event-stream");
    // The server's ids are byte offsets: what is sent back is where the last event ended.
    const std::string& last = stream_.last_id();
    call.headers.emplace_back("Last-Event-ID",
                              last.empty() ? std::to_string(following_.from) : last);
    call.silence_limit = kSilence;
    call.interrupt = interrupt.descriptor();
    call.on_head = [this](const HttpAnswer&) { was_reached_ = true; };
    call.on_body = [this](std::string_view piece) {
      last_sign_ = Clock::now();
      pause_ms_ = kFirstPauseMs;
      stream_.feed(piece);
    };
    call.on_idle = [this] { explain_waiting(); };
    stream_.restart();
    try {
      session_.api().call(std::move(call), task_path().add("log").add("stream"));
    } catch (const Error& error) {
      if (!may_try_again(error)) throw;
      note_break();
    }
  }

  bool may_try_again(const Error& error) const {
    if (!was_reached_ || Clock::now() - last_sign_ > kGiveUp) return false;
    if (const auto* problem = dynamic_cast<const ServerProblem*>(&error)) {
      const int status = problem->answer().status;
      return status == 429 || (status >= 500 && status != 501 && status != 505);
    }
    return error.code() == kUnreachableError || error.code() == kConnectionLostError;
  }

  void note_break() {
    if (break_noted_) return;
    break_noted_ = true;
    note(terminal_.say({"The connection broke; the task goes on. Trying again …",
                        "连接中断，任务仍在继续，正在重新连接……"}));
  }

  void pause(const Interrupt& interrupt) {
    interrupt.sleep(pause_ms_);
    pause_ms_ = std::min(pause_ms_ * 2, kLongestPauseMs);
  }

  void take(const ServerEvent& event) {
    break_noted_ = false;
    if (event.type == "log") {
      const auto piece = from_json<LogPiece>(parse_json(event.data), UnknownMembers::ignore);
      if (!piece.text.empty()) line_is_open_ = piece.text.back() != '\n';
      following_.on_log(piece.offset, piece.text);
    } else if (event.type == "state") {
      take_state(from_json<api::TaskView>(parse_json(event.data), UnknownMembers::ignore));
    } else if (event.type == "end") {
      ended_ = true;
    }
  }

  // Why it waits is the first thing a person wants to know; most tasks start before they can ask.
  void explain_waiting() {
    const auto now = Clock::now();
    const bool waits = following_.note_states && task_ && task_->state == TaskState::WAITING;
    if (!waits || now < next_question_) return;
    next_question_ = now + kBetweenQuestions;
    try {
      // A connection of its own: the stream holds the other one.
      if (!questions_) {
        const Account& account = session_.account();
        questions_.emplace(account.server, account.token, terminal_.chinese());
      }
      const auto answer = questions_->get_as<api::ExplainView>(task_path().add("explain"));
      if (!answer.reason || answer.reason->message == shown_reason_) return;
      shown_reason_ = answer.reason->message;
      note("  " + harmless(shown_reason_));
    } catch (const Error&) {
      // Only a help; where the server is in trouble the stream says so.
    }
  }

  // The end has a line of its own, from who asked for the task.
  void take_state(api::TaskView task) {
    const std::string reason = task.reason ? task.reason->message : "";
    const bool is_news =
        !task_ || task_->state != task.state || (!reason.empty() && shown_reason_ != reason);
    if (following_.note_states && is_news && !is_final(task.state)) {
      const Cell state = state_cell(terminal_, task.state);
      note(terminal_.paint_error(state.paint, state.text) +
           (reason.empty() ? "" : "  " + harmless(reason)));
    }
    if (is_news) {
      shown_reason_ = reason;
      next_question_ = Clock::now() + kBeforeAsking;
    }
    task_ = std::move(task);
  }

  // A progress bar of the script may have left the cursor in the middle of a line.
  void note(const std::string& line) {
    if (line_is_open_ && terminal_.out_is_terminal() && terminal_.err_is_terminal()) {
      terminal_.write_error("\n");
      line_is_open_ = false;
    }
    terminal_.note(line);
  }

  void tell_that_it_goes_on() {
    const std::int64_t id = following_.task;
    note("");
    terminal_.note(Text{fmt::format("Task {} goes on without you.", id),
                        fmt::format("任务 {} 仍在继续。", id)});
    terminal_.note(Text{fmt::format("  look again:  cloudbrain task logs -f {}", id),
                        fmt::format("  继续查看：cloudbrain task logs -f {}", id)});
    terminal_.note(Text{fmt::format("  stop it:     cloudbrain task stop {}", id),
                        fmt::format("  停止任务：cloudbrain task stop {}", id)});
  }

  Session& session_;
  Terminal& terminal_;
  const Following& following_;
  EventStream stream_;
  std::optional<api::TaskView> task_;
  std::string shown_reason_;
  std::optional<Api> questions_;
  Clock::time_point next_question_;
  bool ended_ = false;
  bool was_reached_ = false;
  bool break_noted_ = false;
  bool line_is_open_ = false;
  int pause_ms_ = kFirstPauseMs;
  Clock::time_point last_sign_ = Clock::now();
};

}  // namespace

api::TaskView follow_task(Session& session, const Following& following) {
  return Follower(session, following).run();
}

Following follow_on_terminal(Terminal& terminal, std::int64_t task) {
  Following following;
  following.task = task;
  following.on_log = [&terminal](std::int64_t /*offset*/, std::string_view text) {
    if (terminal.json()) {
      terminal.write_error(text);
    } else {
      terminal.print(text);
    }
  };
  return following;
}

}  // namespace cloudbrain::cli
