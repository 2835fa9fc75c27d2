// One thing the API can do: method, pattern, who may, body and answer types, handler. From these
// the router, the rights test and the OpenAPI document are made.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/caller.h"
#include "api/schema.h"
#include "domain/role.h"
#include "http/router.h"
#include "store/projects.h"
#include "store/tasks.h"

namespace cloudbrain::api {

// Who may. The guard runs before the handler, and before a body is read.
enum class Right {
  anyone,
  signed_in,
  read_project,     // {owner}/{name}: public, or one of its members, or an administrator
  read_repository,  // the same, but who is signed out is asked to sign in: git sends no password
                    // before
  use_project,      // who is signed in and may read it
  write_project,    // its writers and owners
  own_project,      // its owners
  read_task,        // {id}: as its project
  change_task,      // its creator and its project's owners
  administer,       // the platform's administrators, who are owners of every project too
};
BOOST_DESCRIBE_ENUM(Right, anyone, signed_in, read_project, read_repository, use_project,
                    write_project, own_project, read_task, change_task, administer)

// A request after its guard: what the handler needs to know.
struct Call {
  const Services& services;
  const http::Request& request;
  Caller caller;
  std::optional<store::Project> project;  // of the project and task rights
  std::optional<Role> role;               // of the caller in that project; empty: may only see it
  std::optional<store::ListedTask> task;  // of the task rights

  // The sentence in the caller's language.
  const std::string& say(const Text& text) const {
    return request.wants_chinese() ? text.zh : text.en;
  }
};

// Identifies the caller and checks the right and the token's scope. Throws Error unsigned_in,
// denied, or missing: what a caller may not read does not exist for them.
Call guard(const Services& services, const http::Request& request, Right right, Scope scope);

// What the caller is in a project: its owner, an administrator, or one of its members.
std::optional<Role> role_in(const Call& call, const store::Project& project);

struct Operation {
  std::string method;
  std::string pattern;
  Right right = Right::anyone;
  Scope scope = Scope::read;
  std::string summary;
  std::vector<std::string> query;  // names of query parameters
  std::optional<std::uint64_t> body_limit;
  int success = 200;
  std::string answer_type = "application/json";
  std::string challenge = "Bearer realm=\"cloudbrain\"";
  std::span<const http::StatusOfCode> statuses = {};
  // Schemas; empty functions where there is no JSON.
  std::function<json::object(json::object&)> body_schema;
  std::function<json::object(json::object&)> answer_schema;
  std::function<http::Response(Call&)> handle;
  std::function<std::unique_ptr<http::Sink>(Call&)> handle_stream;  // in place of `handle`
};

using Operations = std::vector<Operation>;

// What is common to all kinds of operations.
struct Endpoint {
  std::string method;
  std::string pattern;
  Right right = Right::anyone;
  Scope scope = Scope::read;
  std::string summary;
  std::vector<std::string> query = {};
  int success = 200;
};

inline Operation operation_at(Endpoint endpoint) {
  Operation operation;
  operation.method = std::move(endpoint.method);
  operation.pattern = std::move(endpoint.pattern);
  operation.right = endpoint.right;
  operation.scope = endpoint.scope;
  operation.summary = std::move(endpoint.summary);
  operation.query = std::move(endpoint.query);
  operation.success = endpoint.success;
  return operation;
}

template <typename Out>
http::Response answer(const Out& out, int status) {
  return http::Response::json(to_text(to_json(out)), status);
}

// JSON in nothing, JSON out: handler is Out(Call&).
template <typename Out>
Operation answers(Endpoint endpoint, std::function<Out(Call&)> handler) {
  Operation operation = operation_at(std::move(endpoint));
  operation.answer_schema = [](json::object& components) {
    return schema_of<Out>(components, true);
  };
  operation.handle = [handler = std::move(handler), status = operation.success](Call& call) {
    return answer(handler(call), status);
  };
  return operation;
}

// JSON in, JSON out: handler is Out(Call&, In).
template <typename In, typename Out>
Operation takes(Endpoint endpoint, std::function<Out(Call&, In)> handler) {
  Operation operation = operation_at(std::move(endpoint));
  operation.body_schema = [](json::object& components) { return schema_of<In>(components, false); };
  operation.answer_schema = [](json::object& components) {
    return schema_of<Out>(components, true);
  };
  operation.handle = [handler = std::move(handler), status = operation.success](Call& call) {
    In in = from_json<In>(parse_json(call.request.body), UnknownMembers::reject);
    return answer(handler(call, std::move(in)), status);
  };
  return operation;
}

// Anything else: the handler makes its own response.
inline Operation responds(Endpoint endpoint, std::string answer_type,
                          std::function<http::Response(Call&)> handler) {
  Operation operation = operation_at(std::move(endpoint));
  operation.answer_type = std::move(answer_type);
  operation.handle = std::move(handler);
  return operation;
}

// A body that streams in.
inline Operation receives(Endpoint endpoint,
                          std::function<std::unique_ptr<http::Sink>(Call&)> handler) {
  Operation operation = operation_at(std::move(endpoint));
  operation.handle_stream = std::move(handler);
  return operation;
}

// As the router takes it: guard first, then the handler.
http::Route to_route(const Services& services, Operation operation);

// The OpenAPI 3.1 document of these operations.
json::value openapi_document(const Operations& operations, std::string_view version);

}  // namespace cloudbrain::api
