// The one exception type of the product, and the words it carries to a person.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

namespace cloudbrain {

// A sentence in both languages of the product. Both are always filled.
struct Text {
  std::string en;
  std::string zh;

  bool empty() const { return en.empty(); }
  bool operator==(const Text&) const = default;
};
BOOST_DESCRIBE_STRUCT(Text, (), (en, zh))

// What sort of failure it is. The router turns it into an HTTP status, the command line into an
// exit code; nothing else branches on it.
enum class ErrorKind {
  invalid,      // the caller's input is wrong: 422
  malformed,    // the input can't be read at all: 400
  unsigned_in,  // nobody is signed in: 401
  denied,       // signed in, but may not: 403
  missing,      // does not exist, or may not be known to exist: 404
  conflict,     // contradicts what is there now: 409
  too_large,    // over a limit: 413
  busy,         // come back later: 429
  unavailable,  // something we need does not answer: 503
  no_space,     // disk or quota full: 507
  internal,     // our own fault: 500
};

// One wrong field of a form. `code` is stable; the console shows `message` at the field.
struct FieldProblem {
  std::string field;  // as in the request's JSON: "params[2].name"
  std::string code;
  Text message;
};

// Thrown where a caller cannot be expected to go on. Caught in two places only: the router
// (problem+json) and the conductor (retry, or FAILED with a reason).
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string code, Text message, Text next = {});

  // A form with several wrong fields; the message summarises them.
  static Error fields(std::vector<FieldProblem> problems);

  ErrorKind kind() const { return kind_; }
  const std::string& code() const { return code_; }  // stable, snake_case: "branch_missing"
  const Text& message() const { return message_; }   // what is wrong, with which value
  const Text& next() const { return next_; }         // what to do; may be empty
  const std::vector<FieldProblem>& problems() const { return problems_; }

  const char* what() const noexcept override { return what_.c_str(); }

 private:
  ErrorKind kind_;
  std::string code_;
  Text message_;
  Text next_;
  std::vector<FieldProblem> problems_;
  std::string what_;
};

// Throws an internal Error that names the call, its subject and errno's text. ENOSPC and EDQUOT
// become ErrorKind::no_space.
[[noreturn]] void throw_errno(std::string_view call, std::string_view subject);
[[noreturn]] void throw_errno(std::string_view call, std::string_view subject, int error);

}  // namespace cloudbrain
