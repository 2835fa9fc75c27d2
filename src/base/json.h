// JSON to and from plain structs.
//
// A struct takes part by BOOST_DESCRIBE_STRUCT(Type, (), (members...)); a member's name is its JSON
// name, less a trailing "_" (for names that are C++ keywords: delete_, private_). Enums take part
// by BOOST_DESCRIBE_ENUM; an enumerator's name is its JSON text. Members may be bool, integers,
// double, std::string, TimePoint (RFC 3339), Id<>, described structs and enums, std::optional (null
// or absent: empty), std::vector, std::map<std::string, T>, boost::json::value.
//
// A member absent from the JSON keeps its default, unless the struct names it in
//   static constexpr std::array kRequired{"name", ...};
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"

namespace cloudbrain {

namespace json = boost::json;

// What to do with a member the struct does not know: requests reject it (a typing mistake would go
// unnoticed), readers of files and answers ignore it (a newer writer may know more).
enum class UnknownMembers { reject, ignore };

// Parses text: depth at most 32, valid UTF-8. Throws Error malformed ("invalid_json") with the
// position.
json::value parse_json(std::string_view text);
std::string to_text(const json::value& value);

// True where all of `text` is well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);
// Characters (code points) of well-formed UTF-8.
std::size_t count_characters(std::string_view text);
// The front of well-formed UTF-8, never cut inside a character: for messages that quote a value.
std::string_view first_characters(std::string_view text, std::size_t most);

namespace json_detail {

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <typename T>
inline constexpr bool is_vector = false;
template <typename T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <typename T>
inline constexpr bool is_string_map = false;
template <typename T>
inline constexpr bool is_string_map<std::map<std::string, T>> = true;
template <typename T>
inline constexpr bool is_id = false;
template <typename Tag>
inline constexpr bool is_id<Id<Tag>> = true;
template <typename T>
inline constexpr bool is_struct = boost::describe::has_describe_members<T>::value;

template <typename T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                         boost::describe::mod_inherited>;

template <typename T>
constexpr bool is_required(std::string_view member) {
  if constexpr (requires { T::kRequired; }) {
    for (const std::string_view name : T::kRequired) {
      if (name == member) return true;
    }
  }
  return false;
}

// Collects what does not fit, each with its path.
class Reader {
 public:
  explicit Reader(UnknownMembers unknown) : unknown_(unknown) {}

  template <typename T>
  void read(const json::value& from, T& to, const std::string& path);

  void problem(const std::string& path, std::string code, Text message) {
    problems_.push_back({path, std::move(code), std::move(message)});
  }
  std::vector<FieldProblem>& problems() { return problems_; }

 private:
  void wrong_type(const std::string& path, std::string_view expected, const json::value& got);
  void read_text(const json::value& from, std::string& to, const std::string& path);
  void read_time(const json::value& from, TimePoint& to, const std::string& path);
  bool read_integer(const json::value& from, std::int64_t& to, const std::string& path,
                    std::int64_t least, std::int64_t most);
  void unknown_members(const json::object& from, const std::vector<std::string_view>& known,
                       const std::string& path);
  void missing(const std::string& path);
  void not_one_of(const std::string& path, const json::value& got, const std::string& allowed);

  template <typename T>
  void read_enum(const json::value& from, T& to, const std::string& path);
  template <typename T>
  void read_struct(const json::value& from, T& to, const std::string& path);

  UnknownMembers unknown_;
  std::vector<FieldProblem> problems_;
};

constexpr std::string_view json_name(std::string_view member) {
  if (member.ends_with('_')) member.remove_suffix(1);
  return member;
}

inline std::string join(const std::string& path, std::string_view member) {
  return path.empty() ? std::string(member) : path + "." + std::string(member);
}

template <typename T>
void Reader::read_enum(const json::value& from, T& to, const std::string& path) {
  bool found = false;
  std::string allowed;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
    if (from.is_string() && from.get_string() == enumerator.name) {
      to = enumerator.value;
      found = true;
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(enumerator.name);
  });
  if (!found) not_one_of(path, from, allowed);
}

template <typename T>
void Reader::read_struct(const json::value& from, T& to, const std::string& path) {
  if (!from.is_object()) return wrong_type(path, "object", from);
  const json::object& object = from.get_object();
  std::vector<std::string_view> known;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    const std::string_view name = json_name(member.name);
    known.push_back(name);
    const json::value* value = object.if_contains(name);
    if (value != nullptr) {
      read(*value, to.*member.pointer, join(path, name));
    } else if (is_required<T>(name)) {
      missing(join(path, name));
    }
  });
  if (unknown_ == UnknownMembers::reject) unknown_members(object, known, path);
}

template <typename T>
void Reader::read(const json::value& from, T& to, const std::string& path) {
  if constexpr (std::is_same_v<T, json::value>) {
    to = from;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!from.is_bool()) return wrong_type(path, "true or false", from);
    to = from.get_bool();
  } else if constexpr (std::is_integral_v<T>) {
    std::int64_t number = 0;
    const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(
        std::numeric_limits<T>::max(), std::numeric_limits<std::int64_t>::max()));
    if (read_integer(from, number, path, static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                     most)) {
      to = static_cast<T>(number);
    }
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!from.is_number()) return wrong_type(path, "number", from);
    to = from.to_number<T>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    read_text(from, to, path);
  } else if constexpr (std::is_same_v<T, TimePoint>) {
    read_time(from, to, path);
  } else if constexpr (is_id<T>) {
    read_integer(from, to.value, path, 0, std::numeric_limits<std::int64_t>::max());
  } else if constexpr (is_optional<T>) {
    if (from.is_null()) {
      to.reset();
    } else {
      read(from, to.emplace(), path);
    }
  } else if constexpr (is_vector<T>) {
    if (!from.is_array()) return wrong_type(path, "array", from);
    to.clear();
    for (const json::value& element : from.get_array()) {
      const std::string place = path + "[" + std::to_string(to.size()) + "]";
      read(element, to.emplace_back(), place);
    }
  } else if constexpr (is_string_map<T>) {
    if (!from.is_object()) return wrong_type(path, "object", from);
    to.clear();
    for (const auto& [name, value] : from.get_object()) {
      read(value, to[std::string(name)], join(path, name));
    }
  } else if constexpr (std::is_enum_v<T>) {
    read_enum(from, to, path);
  } else {
    static_assert(is_struct<T>, "describe the struct first");
    read_struct(from, to, path);
  }
}

}  // namespace json_detail

// Throws Error invalid with one problem per field that does not fit.
template <typename T>
T from_json(const json::value& value, UnknownMembers unknown) {
  T result{};
  json_detail::Reader reader(unknown);
  reader.read(value, result, "");
  if (!reader.problems().empty()) throw Error::fields(std::move(reader.problems()));
  return result;
}

template <typename T>
json::value to_json(const T& value) {
  using namespace json_detail;
  if constexpr (std::is_same_v<T, json::value>) {
    return value;
  } else if constexpr (std::is_arithmetic_v<T>) {
    return json::value(value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return json::value(json::string(value));
  } else if constexpr (std::is_same_v<T, TimePoint>) {
    return json::value(json::string(to_rfc3339(value)));
  } else if constexpr (is_id<T>) {
    return json::value(value.value);
  } else if constexpr (is_optional<T>) {
    return value ? to_json(*value) : json::value(nullptr);
  } else if constexpr (is_vector<T>) {
    json::array array;
    array.reserve(value.size());
    for (const auto& element : value) array.push_back(to_json(element));
    return array;
  } else if constexpr (is_string_map<T>) {
    json::object object;
    for (const auto& [name, element] : value) object.emplace(name, to_json(element));
    return object;
  } else if constexpr (std::is_enum_v<T>) {
    return json::value(boost::describe::enum_to_string(value, ""));
  } else {
    static_assert(is_struct<T>, "describe the struct first");
    json::object object;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
      object.emplace(json_name(member.name), to_json(value.*member.pointer));
    });
    return object;
  }
}

// The text of a described enumerator, and back.
template <typename E>
std::string enum_name(E value) {
  return boost::describe::enum_to_string(value, "");
}
template <typename E>
std::optional<E> enum_from_name(std::string_view name) {
  E value{};
  if (boost::describe::enum_from_string(std::string(name).c_str(), value)) return value;
  return std::nullopt;
}

}  // namespace cloudbrain
