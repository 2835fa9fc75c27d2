#include "cli/commands/task_form.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "cli/commands/models/model_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/words.h"

namespace cloudbrain::cli {

namespace {

TaskKind parse_kind(const std::string& text) {
  if (const auto kind = enum_from_name<TaskKind>(text)) return *kind;
  throw usage_error({fmt::format("--kind \"{}\" is neither train nor inference.", text),
                     fmt::format("--kind \"{}\" 应为 train 或 inference。", text)});
}

std::int64_t parse_max_runtime(const std::string& text) {
  if (const auto seconds = parse_duration(text)) return *seconds;
  throw usage_error({fmt::format("--max-runtime \"{}\" is not a length of time.", text),
                     fmt::format("--max-runtime \"{}\" 不是有效的时长。", text)},
                    {"Write 90s, 30m, 2h, 1d or 1h30m.", "请写成 90s、30m、2h、1d 或 1h30m。"});
}

void set(std::string& field, const std::optional<std::string>& flag) {
  if (flag) field = *flag;
}

}  // namespace

TaskRequest request_of(const api::TaskView& task) {
  TaskRequest request;
  request.kind = task.kind;
  request.cluster = task.cluster;
  request.compute = task.compute;
  request.name = task.name;
  request.description = task.description;
  request.branch = task.branch;
  request.boot_file = task.boot_file;
  request.image = task.image;
  request.engine = task.engine;
  request.model = task.model;
  request.datasets = task.datasets;
  request.params = task.params;
  request.spec = task.spec;
  request.max_runtime_s = task.max_runtime_s;
  return request;
}

ModelChoice parse_model(const std::string& text) {
  const ModelName name = parse_model_version(text);
  return {name.model, *name.version, name.file.value_or("")};
}

Parameter parse_parameter(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw usage_error({fmt::format("--param \"{}\" is not NAME=VALUE.", text),
                       fmt::format("--param \"{}\" 的格式应为 名称=值。", text)},
                      {"For example --param epoch_size=3", "例如 --param epoch_size=3"});
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void TaskForm::define(Options& options, Use use) {
  if (use == Use::submit) {
    options.text("-n,--name", name_, "NAME",
                 {"Of the task: a-z, 0-9, _ and -", "任务名称：a-z、0-9、_、-"});
    options.text("--kind", kind_, "KIND",
                 {"train (default) or inference", "train（默认）或 inference"});
  }
  options.text("--boot-file", boot_file_, "FILE.py", {"The script to run", "启动文件"});
  options.text("--branch", branch_, "NAME", {"Of the code (main)", "代码分支，默认 main"});
  options.text("--spec", spec_, "NAME",
               {"See `cloudbrain spec list`", "资源规格，见 `cloudbrain spec list`"});
  define_inputs(options, use);
  options.text("--cluster", cluster_, "NAME",
               {"openi (default), c2net, …", "算力集群，默认 openi"});
  options.text("--compute", compute_, "NAME",
               {"cpu, gpu, npu (the spec's)", "计算资源：cpu、gpu、npu，默认随规格"});
  options.text("--image", image_, "NAME", {"host (default) or another", "镜像，默认 host"});
  options.text("--engine", engine_, "NAME", {"AI engine of an NPU task", "NPU 任务的 AI 引擎"});
  options.text("--max-runtime", max_runtime_, "TIME",
               {"30m, 2h, 1d (default)", "运行时长上限，默认 1d"});
  options.text("--description", description_, "TEXT", {"For people", "任务描述"});
}

void TaskForm::define_inputs(Options& options, Use use) {
  const bool modify = use == Use::modify;
  options.list("--dataset", datasets_, "NAME",
               modify
                   ? Text{"In place of the ones there were; repeat", "替换原有数据集，可多次给出"}
                   : Text{"One to see; repeat for several", "使用的数据集，可多次给出"});
  options.list("--param", params_, "NAME=VALUE",
               modify ? Text{"Changed or added; repeat", "修改或新增运行参数，可多次给出"}
                      : Text{"Becomes --NAME=VALUE; repeat for several", "运行参数，可多次给出"});
  options.text("--model", model_, "NAME:VERSION[:FILE]",
               {"To begin with; an inference task needs one", "预训练模型；推理任务必选"});
  if (!modify) return;
  options.list("--remove-param", removed_params_, "NAME",
               {"Left out; repeat", "去掉该运行参数，可多次给出"});
  options.flag("--no-datasets", no_datasets_, {"Without data sets", "不使用数据集"});
  options.flag("--no-model", no_model_, {"Without a model", "不使用模型"});
}

TaskRequest TaskForm::apply(TaskRequest request) const {
  set(request.name, name_);
  if (kind_) request.kind = parse_kind(*kind_);
  set(request.boot_file, boot_file_);
  set(request.branch, branch_);
  set(request.cluster, cluster_);
  set(request.compute, compute_);
  set(request.spec, spec_);
  set(request.image, image_);
  if (engine_) request.engine = *engine_;
  set(request.description, description_);
  if (max_runtime_) request.max_runtime_s = parse_max_runtime(*max_runtime_);
  if (no_model_) request.model.reset();
  if (model_) request.model = parse_model(*model_);
  if (no_datasets_) request.datasets.clear();
  if (!datasets_.empty()) request.datasets = datasets_;
  apply_parameters(request);
  return request;
}

void TaskForm::apply_parameters(TaskRequest& request) const {
  for (const std::string& name : removed_params_) {
    std::erase_if(request.params,
                  [&](const Parameter& parameter) { return parameter.name == name; });
  }
  // A flag changes a parameter that was there, in its place; a name given twice is meant twice.
  std::vector<bool> is_changed(request.params.size(), false);
  const std::size_t before = request.params.size();
  for (const std::string& text : params_) {
    Parameter wanted = parse_parameter(text);
    std::size_t i = 0;
    while (i < before && (is_changed[i] || request.params[i].name != wanted.name)) ++i;
    if (i < before) {
      is_changed[i] = true;
      request.params[i] = std::move(wanted);
    } else {
      request.params.push_back(std::move(wanted));
    }
  }
}

}  // namespace cloudbrain::cli
