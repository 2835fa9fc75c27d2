// How the product's types stand in a column: SOCI's type_conversion for each of them.
//
//   TimePoint             milliseconds since 1970
//   Id<>                  its number; 0 is NULL
//   bool                  0 or 1
//   described enums       the enumerator's name
//   std::optional<T>      NULL or T
//   described structs, vectors of what JSON knows, json::value   JSON text
//
// For the store's own .cpp files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <soci/soci.h>

#include "base/json.h"

namespace cloudbrain::store {

template <typename T>
concept StoredAsJson = json_detail::is_struct<T> || std::is_same_v<T, json::value>;
template <typename T>
concept StoredAsNumber =
    std::is_same_v<T, bool> || std::is_same_v<T, TimePoint> || json_detail::is_id<T>;
template <typename T>
concept Stored = StoredAsJson<T> || StoredAsNumber<T> || std::is_enum_v<T>;

// A vector has to say that it is JSON: SOCI takes a bare one for many rows at once.
template <typename T>
struct AsJson {
  T* value = nullptr;
};

// Throws Error internal "database_value": a row holds what this program never writes.
[[noreturn]] void throw_unexpected(std::string_view value);

template <StoredAsNumber T>
long long to_number(const T& value) {
  if constexpr (std::is_same_v<T, TimePoint>) {
    return value.time_since_epoch().count();
  } else if constexpr (json_detail::is_id<T>) {
    return value.value;
  } else {
    return value ? 1 : 0;
  }
}

template <StoredAsNumber T>
T from_number(long long number) {
  if constexpr (std::is_same_v<T, TimePoint>) {
    return TimePoint{std::chrono::milliseconds{number}};
  } else if constexpr (json_detail::is_id<T>) {
    return T{number};
  } else {
    return number != 0;
  }
}

template <typename E>
E from_word(const std::string& word) {
  const std::optional<E> value = enum_from_name<E>(word);
  if (!value) throw_unexpected(word);
  return *value;
}

}  // namespace cloudbrain::store

namespace soci {

template <cloudbrain::store::Stored T>
struct type_conversion<T> {
  using base_type =
      std::conditional_t<cloudbrain::store::StoredAsNumber<T>, long long, std::string>;

  static void from_base(const base_type& in, indicator null, T& out) {
    if (null == i_null) {
      out = T{};
    } else if constexpr (cloudbrain::store::StoredAsNumber<T>) {
      out = cloudbrain::store::from_number<T>(in);
    } else if constexpr (std::is_enum_v<T>) {
      out = cloudbrain::store::from_word<T>(in);
    } else {
      out =
          cloudbrain::from_json<T>(cloudbrain::parse_json(in), cloudbrain::UnknownMembers::ignore);
    }
  }

  static void to_base(const T& in, base_type& out, indicator& null) {
    null = i_ok;
    if constexpr (cloudbrain::store::StoredAsNumber<T>) {
      out = cloudbrain::store::to_number(in);
      if (cloudbrain::json_detail::is_id<T> && out == 0) null = i_null;
    } else if constexpr (std::is_enum_v<T>) {
      out = cloudbrain::enum_name(in);
    } else {
      out = cloudbrain::to_text(cloudbrain::to_json(in));
    }
  }
};

template <typename T>
struct type_conversion<cloudbrain::store::AsJson<T>> {
  using base_type = std::string;
  static void to_base(const cloudbrain::store::AsJson<T>& in, base_type& out, indicator& null) {
    out = cloudbrain::to_text(cloudbrain::to_json(*in.value));
    null = i_ok;
  }
  static void from_base(const base_type& in, indicator, cloudbrain::store::AsJson<T>& out) {
    if constexpr (!std::is_const_v<T>) {
      *out.value =
          cloudbrain::from_json<T>(cloudbrain::parse_json(in), cloudbrain::UnknownMembers::ignore);
    }
  }
};

template <>
struct type_conversion<std::string_view> {
  using base_type = std::string;
  static void to_base(std::string_view in, base_type& out, indicator& null) {
    out = in;
    null = i_ok;
  }
  // SOCI instantiates it for arguments that a procedure may change; ours never are.
  static void from_base(const base_type&, indicator, std::string_view&) {}
};

template <typename T>
struct type_conversion<std::optional<T>> {
  using base_type = typename type_conversion<T>::base_type;

  static void from_base(const base_type& in, indicator null, std::optional<T>& out) {
    out.reset();
    if (null != i_null) type_conversion<T>::from_base(in, null, out.emplace());
  }
  static void to_base(const std::optional<T>& in, base_type& out, indicator& null) {
    null = i_null;
    if (in) type_conversion<T>::to_base(*in, out, null);
  }
};

}  // namespace soci
