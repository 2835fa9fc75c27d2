// Header fields of a message, in the order they came, found by name whatever its case.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudbrain::http {

// A plain value. A field may occur several times (Set-Cookie); most occur once.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  // Both throw Error internal for a name that is no token or a value with CR, LF or NUL: such a
  // value would let whoever chose it write headers of their own (RFC 9110 section 5.5).
  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // replaces all of that name
  void remove(std::string_view name);

  // The first of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name).has_value(); }
  // All values of that name joined by ", ": for fields that are lists (RFC 9110 section 5.3).
  std::string list(std::string_view name) const;

  std::vector<Field>::const_iterator begin() const { return fields_.begin(); }
  std::vector<Field>::const_iterator end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

// ASCII letters compare equal whatever their case; other bytes as they are.
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace cloudbrain::http
