#include "base/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {
namespace {

using namespace std::chrono_literals;

class Process : public testing::Test {
 protected:
  static void SetUpTestSuite() { ::signal(SIGPIPE, SIG_IGN); }  // as every main of ours does
};

ProcessResult shell(const std::string& script) {
  return run_process({.argv = {"sh", "-c", script}});
}

TEST_F(Process, every_argument_arrives_byte_by_byte) {
  std::string every_byte;
  for (int i = 1; i < 256; ++i) every_byte += static_cast<char>(i);
  const std::vector<std::string> arguments{"two words",
                                           "\"double\" 'single'",
                                           "line\nbreak",
                                           "$(id)`id`;|&${HOME}",
                                           "",
                                           "中文 🚀",
                                           "--x=1 --y",
                                           "*",
                                           every_byte};
  std::vector<std::string> argv{"printf", "[%s]"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::string expected;
  for (const std::string& argument : arguments) expected += "[" + argument + "]";
  EXPECT_EQ(run_process({.argv = argv}).output, expected);
}

TEST_F(Process, exit_codes_and_signals_are_told_apart) {
  EXPECT_TRUE(shell("exit 0").status.ok());
  EXPECT_EQ(shell("exit 7").status.code, 7);
  EXPECT_EQ(shell("exit 7").status.signal, 0);
  const ExitStatus killed = shell("kill -SEGV $$").status;
  EXPECT_EQ(killed.signal, SIGSEGV);
  EXPECT_EQ(killed.code, 128 + SIGSEGV);
  EXPECT_FALSE(killed.ok());
}

TEST_F(Process, both_streams_are_collected_apart) {
  const ProcessResult result = shell("echo out; echo err >&2");
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.error, "err\n");
}

TEST_F(Process, input_and_output_larger_than_any_pipe_pass_through) {
  const std::string bytes(8U << 20U, 'z');
  EXPECT_EQ(run_process({.argv = {"cat"}}, bytes).output, bytes);
}

TEST_F(Process, output_beyond_the_limit_is_read_and_dropped) {
  const ProcessResult result = run_process(
      {.argv = {"sh", "-c", "head -c 3000000 /dev/zero; echo done >&2"}}, {}, 30s, 1000);
  EXPECT_EQ(result.output.size(), 1000U);
  EXPECT_EQ(result.error, "done\n") << "the child was not held up";
  EXPECT_TRUE(result.status.ok());
}

TEST_F(Process, a_child_that_does_not_read_its_input_is_no_failure) {
  EXPECT_TRUE(run_process({.argv = {"true"}}, std::string(1U << 20U, 'x')).status.ok());
}

TEST_F(Process, without_input_a_child_reads_nothing_rather_than_ours) {
  EXPECT_EQ(run_process({.argv = {"cat"}}, {}, 10s).output, "");
}

TEST_F(Process, a_run_longer_than_its_time_is_killed) {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = run_process({.argv = {"sleep", "60"}}, {}, 50ms);
  EXPECT_EQ(result.status.signal, SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(Process, a_child_that_closes_its_streams_and_runs_on_is_killed_in_time_too) {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result =
      run_process({.argv = {"sh", "-c", "exec sleep 60 >&- 2>&-"}}, {}, 50ms);
  EXPECT_EQ(result.status.signal, SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(Process, a_program_that_does_not_exist_is_an_error_that_names_it) {
  try {
    run_process({.argv = {"no-such-program-here"}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(error.message().en.find("no-such-program-here"), std::string::npos);
  }
}

TEST_F(Process, variables_are_added_changed_and_removed) {
  ASSERT_EQ(::setenv("CLOUDBRAIN_TEST_KEPT", "kept", 1), 0);
  ASSERT_EQ(::setenv("CLOUDBRAIN_TEST_GONE", "gone", 1), 0);
  const ProcessResult result = run_process(
      {.argv = {"env"},
       .environment = {{"CLOUDBRAIN_TEST_GONE", ""}, {"CLOUDBRAIN_TEST_NEW", "a b=c\"$(id)"}}});
  EXPECT_THAT(result.output, testing::HasSubstr("CLOUDBRAIN_TEST_KEPT=kept\n"));
  EXPECT_THAT(result.output, testing::HasSubstr("CLOUDBRAIN_TEST_NEW=a b=c\"$(id)\n"));
  EXPECT_THAT(result.output, testing::Not(testing::HasSubstr("CLOUDBRAIN_TEST_GONE")));
}

TEST_F(Process, a_clean_environment_has_a_path_and_what_was_given) {
  const ProcessResult result =
      run_process({.argv = {"env"}, .environment = {{"A", "1"}}, .clean_environment = true});
  EXPECT_THAT(result.output, testing::MatchesRegex("A=1\nPATH=[^\n]+\n"));
}

TEST_F(Process, runs_in_the_directory_it_is_given) {
  EXPECT_EQ(run_process({.argv = {"pwd"}, .working_directory = "/usr"}).output, "/usr\n");
}

TEST_F(Process, none_of_our_descriptors_reach_a_child) {
  const Fd ours = open_file("/dev/null", O_RDONLY);
  const std::string ours_there = "/proc/self/fd/" + std::to_string(ours.get());
  EXPECT_FALSE(run_process({.argv = {"test", "-e", ours_there}}).status.ok());
}

TEST_F(Process, a_child_starts_with_default_signals_whatever_we_ignore) {
  EXPECT_EQ(shell("kill -PIPE $$; echo survived").status.signal, SIGPIPE);
}

TEST_F(Process, a_child_nobody_waited_for_is_killed_and_reaped) {
  pid_t pid = -1;
  {
    const ChildProcess child = ChildProcess::start({.argv = {"sleep", "60"}}, {});
    pid = child.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(Process, a_child_is_talked_to_through_its_pipes) {
  ChildProcess child = ChildProcess::start({.argv = {"cat"}}, {.input = true, .output = true});
  write_all(child.input().get(), std::string_view("hello"), "cat");
  child.input().reset();
  std::array<char, 16> buffer{};
  EXPECT_EQ(::read(child.output().get(), buffer.data(), buffer.size()), 5);
  EXPECT_EQ(std::string_view(buffer.data()), "hello");
  EXPECT_TRUE(child.wait().ok());
}

TEST_F(Process, a_child_reads_and_writes_descriptors_it_is_given) {
  const TemporaryDirectory directory;
  write_file_atomic(directory.path() / "in", "from a file", Durable::no);
  const Fd in = open_file(directory.path() / "in", O_RDONLY);
  const Fd out = open_file(directory.path() / "out", O_WRONLY | O_CREAT);
  ChildProcess child =
      ChildProcess::start({.argv = {"cat"}}, {.input_fd = in.get(), .output_fd = out.get()});
  EXPECT_TRUE(child.wait().ok());
  EXPECT_EQ(read_file(directory.path() / "out"), "from a file");
}

TEST_F(Process, a_child_in_a_new_session_leads_it) {
  const std::string session =
      run_process(
          {.argv = {"sh", "-c", "ps -o sid= -p $$ | tr -d ' '; echo $$"}, .new_session = true})
          .output;
  const std::size_t line = session.find('\n');
  EXPECT_EQ(session.substr(0, line), session.substr(line + 1, session.size() - line - 2));
}

TEST_F(Process, a_moved_child_is_waited_for_once) {
  ChildProcess first = ChildProcess::start({.argv = {"true"}}, {});
  ChildProcess second = std::move(first);
  EXPECT_TRUE(second.wait().ok());
}

TEST(FindProgram, looks_along_the_path) {
  ASSERT_TRUE(find_program("sh"));
  EXPECT_TRUE(find_program("sh")->is_absolute());
  EXPECT_FALSE(find_program("no-such-program-here"));
}

}  // namespace
}  // namespace cloudbrain
