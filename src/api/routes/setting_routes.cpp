// What the administrator decides for the whole platform.
#include "api/people/accounts.h"
#include "api/routes.h"
#include "api/views.h"
#include "store/settings.h"

namespace cloudbrain::api {

namespace {

SettingsView view_of(const PlatformSettings& settings) {
  return {settings.sign_up,
          {settings.default_quota},
          settings.import_private_addresses,
          settings.max_repository_bytes,
          settings.max_file_bytes};
}

void check_size(const std::optional<std::int64_t>& bytes, std::string field,
                std::vector<FieldProblem>& problems) {
  if (!bytes || *bytes > 0) return;
  problems.push_back(
      {std::move(field),
       "out_of_range",
       {fmt::format("{} is not above 0.", *bytes), fmt::format("{} 应大于 0。", *bytes)}});
}

SettingsView change(Call& call, const SettingsBody& body) {
  std::vector<FieldProblem> problems;
  if (body.default_quota) check_quota(*body.default_quota, "default_quota", problems);
  check_size(body.max_repository_bytes, "max_repository_bytes", problems);
  check_size(body.max_file_bytes, "max_file_bytes", problems);
  throw_if_any(std::move(problems));
  const auto edit = [&](PlatformSettings& settings) {
    settings.sign_up = body.sign_up.value_or(settings.sign_up);
    if (body.default_quota) settings.default_quota = *body.default_quota;
    settings.import_private_addresses =
        body.import_private_addresses.value_or(settings.import_private_addresses);
    settings.max_repository_bytes =
        body.max_repository_bytes.value_or(settings.max_repository_bytes);
    settings.max_file_bytes = body.max_file_bytes.value_or(settings.max_file_bytes);
  };
  return view_of(store::Settings(call.services.database).change(edit));
}

}  // namespace

void add_setting_routes(Operations& operations) {
  operations.push_back(answers<PlatformView>(
      {"GET", "/api/v2/platform", Right::anyone, Scope::read, "What everyone may know"},
      [](Call& call) {
        return PlatformView{call.services.version,
                            store::Settings(call.services.database).get().sign_up};
      }));
  operations.push_back(answers<SettingsView>(
      {"GET", "/api/v2/settings", Right::administer, Scope::admin, "Settings of the platform"},
      [](Call& call) { return view_of(store::Settings(call.services.database).get()); }));
  operations.push_back(takes<SettingsBody, SettingsView>(
      {"PATCH", "/api/v2/settings", Right::administer, Scope::admin, "Change settings"}, change));
}

}  // namespace cloudbrain::api
