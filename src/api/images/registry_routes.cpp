// How registries are spoken to: the platform's, and those of a project for its external images.
#include "api/routes.h"
#include "api/views.h"
#include "store/images/images.h"

namespace cloudbrain::api {

namespace {

ProjectId owner_of(const Call& call) {
  return call.project ? call.project->id : ProjectId{};
}

RegistryView view_of(const store::Registry& registry) {
  return {registry.registry, registry.user_name, registry.plain_http, registry.created_at};
}

RegistryList list(Call& call) {
  RegistryList list;
  for (const store::Registry& one : store::Registries(call.services.database).list(owner_of(call)))
    list.items.push_back(view_of(one));
  return list;
}

RegistryView put(Call& call, const RegistryBody& body) {
  const std::string& name = call.request.arg("registry");
  std::vector<FieldProblem> problems;
  // A registry is what may stand in front of a repository.
  const bool is_registry =
      !check_image_reference(name + "/x") && parse_image_reference(name + "/x").registry == name;
  if (!is_registry) {
    problems.push_back({"registry",
                        "registry_name",
                        {fmt::format("\"{}\" is no registry; one looks like "
                                     "registry.example.com or 10.0.0.5:5000.",
                                     name),
                         fmt::format("“{}”不是镜像仓库地址；形如 registry.example.com 或 "
                                     "10.0.0.5:5000。",
                                     name)}});
  }
  if (body.user_name.empty() != body.password.empty() || body.user_name.size() > 255 ||
      body.password.size() > 4096 || body.user_name.find(':') != std::string::npos) {
    problems.push_back({"user_name",
                        "out_of_range",
                        {"User name (without a colon) and password belong together.",
                         "用户名（不含冒号）与密码须同时给出。"}});
  }
  if (body.plain_http && call.project) {
    problems.push_back({"plain_http",
                        "not_allowed",
                        {"Only an administrator can allow a registry without TLS.",
                         "只有管理员可以允许不使用 TLS 的镜像仓库。"}});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
  store::Registry registry;
  registry.project = owner_of(call);
  registry.registry = name;
  registry.user_name = body.user_name;
  registry.password = body.password;
  registry.plain_http = body.plain_http;
  registry.created_at = call.services.clock.now();
  store::Registries(call.services.database).put(registry);
  return view_of(registry);
}

http::Response remove(Call& call) {
  const std::string& name = call.request.arg("registry");
  if (!store::Registries(call.services.database).remove(owner_of(call), name)) {
    throw Error(ErrorKind::missing, "registry_missing",
                {fmt::format("No registry \"{}\" is known here.", name),
                 fmt::format("此处没有登记镜像仓库“{}”。", name)});
  }
  return http::Response::empty(204);
}

void add_at(Operations& operations, const std::string& path, Right right, Scope scope,
            const std::string& whose) {
  operations.push_back(answers<RegistryList>(
      {"GET", path, right, scope, "Registries that " + whose + " speaks to with credentials"},
      list));
  operations.push_back(takes<RegistryBody, RegistryView>(
      {"PUT", path + "/{registry}", right, scope, "Credentials of " + whose + " for a registry"},
      put));
  operations.push_back(responds(
      {"DELETE", path + "/{registry}", right, scope, "Forget a registry", {}, 204}, "", remove));
}

}  // namespace

void add_registry_routes(Operations& operations) {
  add_at(operations, "/api/v2/registries", Right::administer, Scope::admin, "the platform");
  add_at(operations, "/api/v2/projects/{owner}/{name}/registries", Right::own_project, Scope::write,
         "a project");
}

}  // namespace cloudbrain::api
