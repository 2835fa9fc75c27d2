#include "runner/records.h"

#include <cstdio>

// The runner is the only program that has Boost.JSON inside; unused parts are dropped by the
// linker.
#include <boost/describe.hpp>
#include <boost/json/src.hpp>
#include <boost/mp11.hpp>

namespace cloudbrain::runner {

namespace {

namespace json = boost::json;

template <typename T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

void read(const json::value& from, std::string& to) {
  to = json::value_to<std::string>(from);
}
void read(const json::value& from, int& to) {
  to = from.to_number<int>();
}
void read(const json::value& from, std::int64_t& to) {
  to = from.to_number<std::int64_t>();
}
void read(const json::value& from, double& to) {
  to = from.to_number<double>();
}

template <typename T>
void read(const json::value& from, std::vector<T>& to) {
  for (const json::value& element : from.as_array()) read(element, to.emplace_back());
}

void read(const json::value& from, std::map<std::string, std::string>& to) {
  for (const auto& [name, value] : from.as_object()) read(value, to[std::string(name)]);
}

template <typename T, typename = Members<T>>
void read(const json::value& from, T& to) {
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    const json::value* value = from.as_object().if_contains(member.name);
    if (value != nullptr) read(*value, to.*member.pointer);
  });
}

// RFC 3339. The calendar of <chrono>, for gmtime() brings the C library's time zones with it: 100
// KB.
json::value write(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return json::string(text.data());
}
json::value write(const std::string& text) {
  return json::string(text);
}
template <typename T>
  requires std::is_arithmetic_v<T>
json::value write(T number) {
  return number;
}

template <typename T>
std::string text_of(const T& record) {
  json::object object;
  boost::mp11::mp_for_each<Members<T>>(
      [&](auto member) { object.emplace(member.name, write(record.*member.pointer)); });
  return json::serialize(object) + "\n";
}

}  // namespace

RunnerOrders parse_orders(std::string_view text) {
  RunnerOrders orders;
  read(json::parse(text), orders);
  return orders;
}

std::string to_text(const ExitRecord& record) {
  std::string text = text_of(record);
  boost::system::error_code error;
  json::parse(text, error);
  if (!error) return text;
  // The detail quotes bytes of a program that need not be UTF-8, or were cut inside a character.
  ExitRecord plain = record;
  for (char& c : plain.detail) {
    if (static_cast<signed char>(c) < 0) c = '?';
  }
  return text_of(plain);
}
std::string to_text(const Usage& usage) {
  return text_of(usage);
}

TimePoint now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace cloudbrain::runner
