// The OpenAPI 3.1 document, made from the operations themselves.
#include "api/operation.h"

namespace cloudbrain::api {

namespace {

// One wrong field, as problem+json has it.
json::object problem_schema() {
  const json::object text{{"type", "string"}};
  json::object field{
      {"type", "object"},
      {"properties", json::object{{"field", text}, {"code", text}, {"message", text}}},
      {"required", json::array{"field", "code", "message"}}};
  json::object properties{
      {"type", text},
      {"title", text},
      {"status", json::object{{"type", "integer"}}},
      {"code", text},
      {"detail", text},
      {"next", text},
      {"request_id", text},
      {"problems", json::object{{"type", "array"}, {"items", std::move(field)}}}};
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", json::array{"type", "title", "status", "code", "detail", "request_id"}}};
}

json::array parameters_of(const Operation& operation) {
  json::array parameters;
  std::string_view rest = operation.pattern;
  while (true) {
    const std::size_t open = rest.find('{');
    if (open == std::string_view::npos) break;
    std::string_view name = rest.substr(open + 1, rest.find('}', open) - open - 1);
    rest.remove_prefix(rest.find('}', open) + 1);
    if (name.ends_with("...")) name.remove_suffix(3);
    parameters.push_back(json::object{{"name", name},
                                      {"in", "path"},
                                      {"required", true},
                                      {"schema", json::object{{"type", "string"}}}});
  }
  for (const std::string& name : operation.query) {
    parameters.push_back(json::object{
        {"name", name}, {"in", "query"}, {"schema", json::object{{"type", "string"}}}});
  }
  return parameters;
}

// OpenAPI knows no capture that spans slashes; {path...} is written {path}.
std::string path_of(const Operation& operation) {
  std::string path = operation.pattern;
  const std::size_t dots = path.find("...}");
  if (dots != std::string::npos) path.erase(dots, 3);
  return path;
}

json::object answers_of(const Operation& operation, json::object& components) {
  json::object success{{"description", "OK"}};
  if (operation.answer_schema) {
    success["content"] = json::object{
        {"application/json", json::object{{"schema", operation.answer_schema(components)}}}};
  } else if (operation.success != 204 && !operation.answer_type.empty()) {
    success["content"] = json::object{{operation.answer_type, json::object{}}};
  }
  json::object problem{
      {"description", "What was wrong (RFC 9457)"},
      {"content",
       json::object{
           {"application/problem+json",
            json::object{{"schema", json::object{{"$ref", "#/components/schemas/Problem"}}}}}}}};
  return {{std::to_string(operation.success), std::move(success)}, {"default", std::move(problem)}};
}

json::object describe(const Operation& operation, json::object& components) {
  json::object item{{"summary", operation.summary},
                    {"x-right", enum_name(operation.right)},
                    {"x-scope", enum_name(operation.scope)}};
  json::array parameters = parameters_of(operation);
  if (!parameters.empty()) item["parameters"] = std::move(parameters);
  if (operation.body_schema) {
    item["requestBody"] = json::object{
        {"required", true},
        {"content", json::object{{"application/json",
                                  json::object{{"schema", operation.body_schema(components)}}}}}};
  } else if (operation.handle_stream) {
    item["requestBody"] =
        json::object{{"required", true},
                     {"content", json::object{{"application/octet-stream", json::object{}}}}};
  }
  item["responses"] = answers_of(operation, components);
  return item;
}

}  // namespace

json::value openapi_document(const Operations& operations, std::string_view version) {
  json::object components;
  components["Problem"] = problem_schema();
  json::object paths;
  for (const Operation& operation : operations) {
    if (!operation.pattern.starts_with("/api/")) continue;
    json::value& path = paths[path_of(operation)];
    if (!path.is_object()) path = json::object{};
    std::string method = operation.method;
    for (char& c : method) c = static_cast<char>(c | 0x20);
    path.as_object()[method] = describe(operation, components);
  }
  return json::object{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Cloudbrain"}, {"version", version}}},
      {"paths", std::move(paths)},
      {"components",
       json::object{
           {"schemas", std::move(components)},
           {"securitySchemes",
            json::object{{"token", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}}},
      {"security", json::array{json::object{{"token", json::array{}}}, json::object{}}}};
}

}  // namespace cloudbrain::api
