// Running one statement, from binding to the last row. For the store's own .cpp files.
//
//   rows<User>(connection, sql, arguments…)    every row
//   row<User>(connection, sql, arguments…)     the first row, if any
//   value<int>(connection, sql, arguments…)    the first column of the first row, if any
//   change(connection, sql, arguments…)        how many rows were changed
//
// A row is a described struct; the columns are its members, in their order. Arguments stand for
// :name, :name, … in the order in which they appear in the text, each name once; or they are one
// Arguments, bound by name. Types: columns.h. All throw the Errors of database.h.
#pragma once

#include <any>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/sqlite/columns.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/dialect.h"

namespace cloudbrain::store {

// Arguments of a statement whose text is put together.
class Arguments {
 public:
  void add(std::string name, std::variant<long long, std::string> value) {
    all_.push_back({std::move(name), std::move(value)});
  }
  void bind_to(soci::statement& statement) const {
    for (const Argument& argument : all_) {
      std::visit([&](const auto& value) { statement.exchange(soci::use(value, argument.name)); },
                 argument.value);
    }
  }

 private:
  struct Argument {
    std::string name;
    std::variant<long long, std::string> value;
  };
  std::deque<Argument> all_;
};

// A prepared statement in use. What is bound must live as long as this.
class Run {
 public:
  Run(Connection& connection, const std::string& sql) : statement_(prepare(connection, sql)) {}
  ~Run() {
    dialect::end_run(statement_);
    statement_.bind_clean_up();
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  template <typename... Args>
  void bind(const Args&... arguments) {
    (bind_one(arguments), ...);
  }
  void bind(const Arguments& arguments) { arguments.bind_to(statement_); }

  template <typename T>
  void fetch_into(T& target) {
    if constexpr (json_detail::is_struct<T>) {
      boost::mp11::mp_for_each<json_detail::Members<T>>(
          [&](auto member) { fetch_one_into(target.*member.pointer); });
    } else {
      fetch_one_into(target);
    }
  }

  // True where there is a (first) row.
  bool start() {
    return guarded([&] {
      statement_.define_and_bind();
      return statement_.execute(true);
    });
  }
  bool next() {
    return guarded([&] { return statement_.fetch(); });
  }
  std::int64_t changed() { return statement_.get_affected_rows(); }

 private:
  template <typename T>
  void bind_one(const T& argument) {
    if constexpr (json_detail::is_vector<T>) {
      statement_.exchange(soci::use(as_json(argument)));
    } else {
      statement_.exchange(soci::use(argument));
    }
  }
  template <typename T>
  void fetch_one_into(T& target) {
    if constexpr (json_detail::is_vector<T>) {
      statement_.exchange(soci::into(as_json(target)));
    } else {
      statement_.exchange(soci::into(target));
    }
  }
  template <typename T>
  AsJson<T>& as_json(T& vector) {
    return wrapped_.emplace_back().template emplace<AsJson<T>>(AsJson<T>{&vector});
  }
  static soci::statement prepare(Connection& connection, const std::string& sql) {
    try {
      return connection.prepared(sql);
    } catch (const soci::soci_error& error) {
      dialect::throw_as_error(error);
    }
  }
  template <typename F>
  bool guarded(const F& step) {
    try {
      return step();
    } catch (const soci::soci_error& error) {
      dialect::throw_as_error(error);
    }
  }

  std::deque<std::any> wrapped_;  // what SOCI holds addresses of
  soci::statement statement_;
};

template <typename Row, typename... Args>
std::vector<Row> rows(Connection& connection, const std::string& sql, const Args&... arguments) {
  std::vector<Row> result;
  Row current{};
  Run run(connection, sql);
  run.bind(arguments...);
  run.fetch_into(current);
  for (bool more = run.start(); more; more = run.next()) {
    result.push_back(std::exchange(current, Row{}));
  }
  return result;
}

template <typename T, typename... Args>
std::optional<T> row(Connection& connection, const std::string& sql, const Args&... arguments) {
  T current{};
  Run run(connection, sql);
  run.bind(arguments...);
  run.fetch_into(current);
  if (!run.start()) return std::nullopt;
  return current;
}

template <typename T, typename... Args>
std::optional<T> value(Connection& connection, const std::string& sql, const Args&... arguments) {
  return row<T>(connection, sql, arguments...);
}

template <typename... Args>
std::int64_t change(Connection& connection, const std::string& sql, const Args&... arguments) {
  Run run(connection, sql);
  run.bind(arguments...);
  run.start();
  return run.changed();
}

}  // namespace cloudbrain::store
