// JSON Schema (2020-12, as OpenAPI 3.1 uses it) of the described structs.
#pragma once

#include <string>
#include <string_view>

#include "api/views.h"
#include "base/json.h"

namespace cloudbrain::api {

namespace schema_detail {

// "TaskView" of "… [with T = cloudbrain::api::TaskView; …]" (GCC and Clang).
template <typename T>
std::string type_name() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t begin = text.find("T = ") + 4;
  const std::string_view full = text.substr(begin, text.find_first_of(";]", begin) - begin);
  const std::size_t colon = full.rfind(':');
  return std::string(colon == std::string_view::npos ? full : full.substr(colon + 1));
}

}  // namespace schema_detail

// The schema of T. Structs go into `components` under their name and are referred to.
// `for_answers`: every member is always there; in a request only kRequired ones are.
template <typename T>
json::object schema_of(json::object& components, bool for_answers) {
  using namespace json_detail;
  if constexpr (std::is_same_v<T, json::value>) {
    return {};
  } else if constexpr (std::is_same_v<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::is_integral_v<T> || is_id<T>) {
    return {{"type", "integer"}};
  } else if constexpr (std::is_floating_point_v<T>) {
    return {{"type", "number"}};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {{"type", "string"}};
  } else if constexpr (std::is_same_v<T, TimePoint>) {
    return {{"type", "string"}, {"format", "date-time"}};
  } else if constexpr (is_optional<T>) {
    return {{"anyOf", json::array{schema_of<typename T::value_type>(components, for_answers),
                                  json::object{{"type", "null"}}}}};
  } else if constexpr (is_vector<T>) {
    return {{"type", "array"},
            {"items", schema_of<typename T::value_type>(components, for_answers)}};
  } else if constexpr (is_string_map<T>) {
    return {{"type", "object"},
            {"additionalProperties", schema_of<typename T::mapped_type>(components, for_answers)}};
  } else if constexpr (std::is_enum_v<T>) {
    json::array names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto enumerator) { names.emplace_back(enumerator.name); });
    return {{"type", "string"}, {"enum", std::move(names)}};
  } else {
    const std::string name = schema_detail::type_name<T>();
    if (!components.contains(name)) {
      components[name] = nullptr;  // stands here while its members are described
      json::object properties;
      json::array required;
      boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        using Member = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
        const std::string_view member_name = json_name(member.name);
        properties[member_name] = schema_of<Member>(components, for_answers);
        if (for_answers || is_required<T>(member_name)) required.emplace_back(member_name);
      });
      json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
      if (!required.empty()) schema["required"] = std::move(required);
      components[name] = std::move(schema);
    }
    return {{"$ref", "#/components/schemas/" + name}};
  }
}

#define CLOUDBRAIN_EXTERN_SCHEMA(View) \
  extern template json::object schema_of<View>(json::object & components, bool for_answers);
CLOUDBRAIN_API_VIEWS(CLOUDBRAIN_EXTERN_SCHEMA)
#undef CLOUDBRAIN_EXTERN_SCHEMA
extern template json::object schema_of<TaskRequest>(json::object& components, bool for_answers);

}  // namespace cloudbrain::api
