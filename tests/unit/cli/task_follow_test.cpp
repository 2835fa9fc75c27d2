#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "cli/exit_codes.h"
#include "support.h"

namespace cloudbrain::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string event(std::string_view type, const json::value& data, std::string_view id = {}) {
  std::string text;
  http::append_event(text, to_text(data), type, id);
  return text;
}
std::string log_event(std::int64_t offset, std::string_view text) {
  return event("log", json::object{{"offset", offset}, {"text", text}},
               std::to_string(offset + static_cast<std::int64_t>(text.size())));
}
std::string end_event() {
  return event("end", json::object{});
}

// Each connection to the log's stream is answered with the next of these.
class Stream {
 public:
  struct Answer {
    std::string text;
    bool broken = false;
    int status = 200;
  };
  explicit Stream(std::vector<Answer> answers) : answers_(std::move(answers)) {}

  http::Response next() {
    const std::lock_guard lock(mutex_);
    const Answer answer = answers_[std::min(at_++, answers_.size() - 1)];
    if (answer.status != 200) return http::Response::text("busy", "text/plain", answer.status);
    return event_stream(answer.text, answer.broken);
  }

 private:
  std::mutex mutex_;
  std::vector<Answer> answers_;
  std::size_t at_ = 0;
};

class Follow : public testing::Test {
 protected:
  void serve(std::vector<Stream::Answer> answers) {
    stream_ = std::make_unique<Stream>(std::move(answers));
    server_ = std::make_unique<FakeServer>(std::vector<http::Route>{
        {"GET", "/api/v2/tasks/{id}/log/stream",
         http::Handler([this](const http::Request&) { return stream_->next(); })},
        answering("GET", "/api/v2/tasks/{id}/log/info",
                  {{"lines", 10}, {"bytes", 100}, {"complete", false}}),
        answering(
            "GET", "/api/v2/tasks/{id}/log",
            {{"from", 9},
             {"lines", json::array{json::object{{"number", 9}, {"offset", 80}, {"text", "x"}}}}}),
        answering("GET", "/api/v2/tasks/{id}", task_json(12, "SUCCEEDED", 0)),
        answering("POST", "/api/v2/projects/ann/mnist/tasks", task_json(12, "PREPARING"), 201)});
  }
  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server_->address()});
    return shell_.run(arguments);
  }
  // Follows a task that ends so.
  int code_at_end(std::string_view state, json::value exit_code) {
    serve({{event("state", task_json(12, state, std::move(exit_code))) + end_event()}});
    return run({"task", "logs", "-f", "12", "--exit-status"}).code;
  }

  std::unique_ptr<Stream> stream_;
  std::unique_ptr<FakeServer> server_;
  Shell shell_;
};

TEST_F(Follow, TheLogGoesToStandardOutputAndTheRestToStandardError) {
  serve({{event("state", task_json(12, "WAITING")) + event("state", task_json(12, "RUNNING")) +
          log_event(0, "epoch 1\n") + log_event(8, "训练\n") +
          event("state", task_json(12, "SUCCEEDED", 0)) + end_event()}});
  const Ran ran = run({"task", "logs", "-f", "12"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, "epoch 1\n训练\n");
  EXPECT_THAT(ran.err, HasSubstr("WAITING\nRUNNING\n"));
  EXPECT_THAT(ran.err, HasSubstr("SUCCEEDED  mnist-1 V0001"));
}

TEST_F(Follow, ABrokenConnectionGoesOnFromTheLastByte) {
  serve({{log_event(0, "one\n"), true}, {"", false, 503}, {log_event(4, "two\n") + end_event()}});
  const Ran ran = run({"task", "logs", "-f", "12"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "one\ntwo\n");
  EXPECT_THAT(ran.err, HasSubstr("Trying again"));
  const auto asked = server_->asked();
  ASSERT_GE(asked.size(), 3U);
  EXPECT_EQ(asked[0].headers.find("Last-Event-ID"), "0");
  EXPECT_EQ(asked[1].headers.find("Last-Event-ID"), "4");
  EXPECT_EQ(asked[2].headers.find("Last-Event-ID"), "4");
}

TEST_F(Follow, AStreamThatEndsBeforeTheTaskIsOpenedAgain) {
  serve({{log_event(0, "one\n")}, {log_event(4, "two\n") + end_event()}});
  EXPECT_EQ(run({"task", "logs", "-f", "12"}).out, "one\ntwo\n");
}

TEST_F(Follow, ARefusalIsNotTriedAgain) {
  serve({{log_event(0, "one\n")}, {"", false, 404}});
  const Ran ran = run({"task", "logs", "-f", "12"});
  EXPECT_EQ(ran.code, kRequestFailed);
  EXPECT_EQ(server_->asked().size(), 2U);
}

TEST_F(Follow, TheExitCodeIsThatOfTheTask) {
  EXPECT_EQ(code_at_end("SUCCEEDED", 0), 0);
  EXPECT_EQ(code_at_end("FAILED", 3), 3);
  EXPECT_EQ(code_at_end("FAILED", 137), 137);
  EXPECT_EQ(code_at_end("FAILED", nullptr), kTaskFailed);
  EXPECT_EQ(code_at_end("FAILED", 0), kTaskFailed);  // a time limit, say
  EXPECT_EQ(code_at_end("STOPPED", 143), kTaskStopped);
  EXPECT_EQ(code_at_end("CREATED_FAILED", nullptr), kTaskNotCreated);
}

TEST_F(Follow, WithoutExitStatusALogThatWasShownIsASuccess) {
  serve({{event("state", task_json(12, "FAILED", 3)) + end_event()}});
  EXPECT_EQ(run({"task", "logs", "-f", "12"}).code, 0);
}

TEST_F(Follow, TheTailBeginsAtItsFirstLine) {
  serve({{end_event()}});
  ASSERT_EQ(run({"task", "logs", "-f", "12", "--tail", "2"}).code, 0);
  EXPECT_EQ(server_->asked().at(1).query.front().second, "9");  // ?from=
  EXPECT_EQ(server_->asked().at(2).headers.find("Last-Event-ID"), "80");
}

TEST_F(Follow, ATailOfNothingBeginsAtTheEnd) {
  serve({{end_event()}});
  ASSERT_EQ(run({"task", "logs", "-f", "12", "--tail", "0"}).code, 0);
  EXPECT_EQ(server_->asked().at(1).headers.find("Last-Event-ID"), "100");
}

TEST_F(Follow, WithJsonTheLogIsOneValueALine) {
  serve({{log_event(0, "a\n") + log_event(2, "b") + end_event()}});
  EXPECT_EQ(run({"task", "logs", "-f", "12", "--json"}).out,
            "{\"offset\":0,\"text\":\"a\\n\"}\n{\"offset\":2,\"text\":\"b\"}\n");
}

TEST_F(Follow, ASubmitWithJsonPutsTheLogAsideAndAnswersTheEndedTask) {
  serve({{log_event(0, "a\n") + end_event()}});
  const Ran ran = run({"task", "submit", "-p", "ann/mnist", "--follow", "--json"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.json().at("state"), "SUCCEEDED");
  EXPECT_THAT(ran.err, HasSubstr("a\n"));
}

TEST_F(Follow, AReaderThatGoesAwayEndsItQuietly) {
  serve({{log_event(0, "a\n") + end_event()}});
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const Fd out(pipe[1]);
  ::close(pipe[0]);
  const std::vector<std::string> arguments{"task", "logs",     "-f",
                                           "12",   "--server", server_->address()};
  const Surroundings surroundings{-1, out.get(), -1, {{"HOME", shell_.folder().string()}}};
  EXPECT_EQ(cli::run(arguments, surroundings), kOutputClosed);
}

// Says that the task waits, and ends once `explained` is set and it is woken.
class Waiting final : public http::Source {
 public:
  Waiting(const std::atomic<bool>& explained, std::function<void()>& wake)
      : explained_(explained), wake_(wake) {}
  void on_ready(std::function<void()> wake) override { wake_ = std::move(wake); }
  Step read(std::string& out) override {
    if (!std::exchange(began_, true)) {
      out = event("state", task_json(12, "WAITING"));
      return Step::more;
    }
    if (!explained_) return Step::wait;
    out = end_event();
    return Step::end;
  }

 private:
  const std::atomic<bool>& explained_;
  std::function<void()>& wake_;
  bool began_ = false;
};

TEST_F(Follow, ATaskThatWaitsIsExplained) {
  std::atomic<bool> explained = false;
  std::function<void()> wake;
  const json::object reason{{"code", "waiting_for_resources"},
                            {"message", "3 tasks are ahead in the queue."},
                            {"next", ""}};
  server_ = std::make_unique<FakeServer>(std::vector<http::Route>{
      {"GET", "/api/v2/tasks/{id}/log/stream", http::Handler([&](const http::Request&) {
         return http::Response::events(std::make_unique<Waiting>(explained, wake));
       })},
      {"GET", "/api/v2/tasks/{id}/explain", http::Handler([&](const http::Request&) {
         explained = true;
         wake();
         return http::Response::json(to_text(
             json::object{{"state", "WAITING"}, {"reason", reason}, {"queue_position", 4}}));
       })},
      answering("GET", "/api/v2/tasks/{id}", task_json(12, "SUCCEEDED", 0))});
  const Ran ran = run({"task", "logs", "-f", "12"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("WAITING\n  3 tasks are ahead in the queue.\n"));
}

// One piece of the log, and then silence.
class Silent final : public http::Source {
 public:
  Step read(std::string& out) override {
    if (std::exchange(began_, true)) return Step::wait;
    out = log_event(0, "first\n");
    return Step::more;
  }

 private:
  bool began_ = false;
};

TEST_F(Follow, InterruptedItTellsThatTheTaskGoesOn) {
  server_ = std::make_unique<FakeServer>(std::vector<http::Route>{
      {"GET", "/api/v2/tasks/{id}/log/stream", http::Handler([](const http::Request&) {
         return http::Response::events(std::make_unique<Silent>());
       })}});
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const Fd shown(pipe[0]);
  const Fd out(pipe[1]);
  const Fd err(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  // Who sees the first line presses Ctrl-C.
  std::thread person([&, command = pthread_self()] {
    std::array<char, 6> line{};
    EXPECT_EQ(::read(shown.get(), line.data(), line.size()), 6);
    pthread_kill(command, SIGINT);
  });
  const std::vector<std::string> arguments{"task", "logs",     "-f",
                                           "12",   "--server", server_->address()};
  const Surroundings surroundings{-1, out.get(), err.get(), {{"HOME", shell_.folder().string()}}};
  const int code = cli::run(arguments, surroundings);
  person.join();
  EXPECT_EQ(code, 130);
  std::string told(500, '\0');
  told.resize(static_cast<std::size_t>(::pread(err.get(), told.data(), told.size(), 0)));
  EXPECT_THAT(told, HasSubstr("Task 12 goes on without you."));
  EXPECT_THAT(told, HasSubstr("cloudbrain task logs -f 12"));
  EXPECT_THAT(told, HasSubstr("cloudbrain task stop 12"));
  EXPECT_THAT(told, Not(HasSubstr("error:")));
}

}  // namespace
}  // namespace cloudbrain::cli
