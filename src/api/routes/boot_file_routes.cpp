// What the form for a task offers for a boot file.
#include "api/code_call.h"
#include "api/routes.h"
#include "tasks/boot_file/boot_params.h"

namespace cloudbrain::api {

namespace {

constexpr std::size_t kLargestScript = 1U << 20U;

BootParamsView params(Call& call) {
  const auto path = call.request.query("path");
  if (!path || path->empty()) {
    throw Error::fields({{"path", "required", {"names the boot file.", "请指定启动文件。"}}});
  }
  const auto source = call.services.revisions.read_file(call.project->id, queried_revision(call),
                                                        *path, kLargestScript);
  if (!source) throw path_missing(*path);
  BootParams found = read_boot_params(*source);
  BootParamsView view;
  view.parses_known_only = found.parses_known_only;
  for (BootParam& param : found.params) {
    view.params.push_back({std::move(param.name), std::move(param.type), std::move(param.default_),
                           std::move(param.help), std::move(param.choices), param.required,
                           param.flag});
  }
  return view;
}

}  // namespace

void add_boot_file_routes(Operations& operations) {
  operations.push_back(
      answers<BootParamsView>({"GET",
                               std::string(kProjectPath) + "/boot-file/params",
                               Right::read_project,
                               Scope::read,
                               "The parameters of a boot file, from its argparse definitions",
                               {"ref", "path"}},
                              params));
}

}  // namespace cloudbrain::api
