#include "cli/commands/models/model_words.h"

#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/exit_codes.h"
#include "cli/screen/facts.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

Error bad_name(const std::string& text) {
  return usage_error({fmt::format("\"{}\" is not NAME[:VERSION[:FILE]].", text),
                      fmt::format("“{}”的格式应为 名称[:版本[:文件]]。", text)},
                     {"For example lenet:V0001:lenet.pth", "例如 lenet:V0001:lenet.pth"});
}

std::string number_text(double value) {
  return fmt::format("{:g}", value);
}

std::string task_text(const api::ModelTaskView& task) {
  return fmt::format("{} {}{}", task.name, task.version,
                     task.id ? fmt::format(" ({})", *task.id) : "");
}

std::string choice_text(const ModelChoice& choice) {
  return fmt::format("{}:{}:{}", choice.name, choice.version, choice.file);
}

void add_lineage(Facts& facts, const api::ModelLineageView& lineage) {
  if (lineage.task) facts.add({"made by task", "来源任务"}, task_text(*lineage.task));
  facts.add({"commit", "代码版本"}, lineage.commit.value_or(""));
  facts.add({"boot file", "启动文件"}, lineage.boot_file.value_or(""));
  std::vector<std::string> datasets;
  for (const api::ModelDatasetView& dataset : lineage.datasets) datasets.push_back(dataset.name);
  facts.add({"data sets", "数据集"}, fmt::format("{}", fmt::join(datasets, ", ")));
  std::vector<std::string> params;
  for (const Parameter& param : lineage.params) params.push_back(param.name + "=" + param.value);
  facts.add({"parameters", "运行参数"}, fmt::format("{}", fmt::join(params, " ")));
  if (lineage.parent_model) {
    facts.add({"began with model", "初始模型"}, choice_text(*lineage.parent_model));
  }
}

}  // namespace

ModelName parse_model_name(const std::string& text) {
  const std::size_t first = text.find(':');
  ModelName name{text.substr(0, first), std::nullopt, std::nullopt};
  if (first != std::string::npos) {
    const std::size_t second = text.find(':', first + 1);
    name.version =
        text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
    if (second != std::string::npos) name.file = text.substr(second + 1);
  }
  const bool fits = !name.model.empty() && name.version != "" && name.file != "";
  if (!fits) throw bad_name(text);
  return name;
}

ModelName parse_model_version(const std::string& text) {
  ModelName name = parse_model_name(text);
  if (!name.version) throw bad_name(text);
  return name;
}

void define_model_project(Options& options, std::string& project) {
  options.required("-p,--project", project, "OWNER/NAME", {"Of this project", "所属项目"});
}

Path model_path(Session& session, const std::string& project, const std::string& model) {
  return session.project_path(project).add("models").add(model);
}

Path version_path(Session& session, const std::string& project, const ModelName& name) {
  return model_path(session, project, name.model).add("versions").add(name.version.value_or(""));
}

std::map<std::string, double> parse_metrics(const std::vector<std::string>& texts) {
  std::map<std::string, double> metrics;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    double value = 0;
    const char* const end = text.data() + text.size();
    const char* const begin = equals == std::string::npos ? end : text.data() + equals + 1;
    const auto parsed = std::from_chars(begin, end, value);
    if (equals == 0 || begin == end || parsed.ec != std::errc{} || parsed.ptr != end) {
      throw usage_error({fmt::format("--metric \"{}\" is not NAME=NUMBER.", text),
                         fmt::format("--metric \"{}\" 的格式应为 名称=数值。", text)},
                        {"For example --metric accuracy=0.98", "例如 --metric accuracy=0.98"});
    }
    metrics[text.substr(0, equals)] = value;
  }
  return metrics;
}

void print_model(Terminal& terminal, const api::ModelView& model) {
  Facts facts(terminal);
  facts.add({"model", "模型"}, model.name, Paint::bold);
  facts.add({"project", "项目"}, model.project);
  facts.add({"description", "描述"}, model.description);
  facts.add({"framework", "框架"}, model.framework);
  facts.add({"seen by", "可见范围"},
            terminal.say(model.public_ ? Text{"everyone", "公开"} : Text{"members", "仅成员"}));
  facts.add({"versions", "版本数"}, std::to_string(model.versions));
  facts.add({"newest", "最新版本"}, model.latest.value_or(""));
  facts.add({"created", "创建时间"}, time_text(model.created_at));
  facts.print();
}

void print_version(Terminal& terminal, const std::string& model,
                   const api::ModelVersionView& version) {
  Facts facts(terminal);
  facts.add({"model", "模型"}, model + " " + version.version, Paint::bold);
  facts.add({"state", "状态"}, version.state);
  facts.add({"why", "原因"}, version.failure.value_or(""), Paint::red);
  facts.add({"size", "大小"}, size_text(version.size));
  for (const auto& [name, value] : version.metrics) {
    facts.add({"metric " + name, "指标 " + name}, number_text(value));
  }
  facts.add({"notes", "备注"}, version.notes);
  add_lineage(facts, version.lineage);
  facts.add({"created", "创建时间"}, time_text(version.created_at));
  facts.add({"by", "创建者"}, version.created_by);
  std::vector<std::string> uses;
  for (const api::ModelUseView& use : version.used_by) {
    uses.push_back(fmt::format("{} {} ({})", use.name, use.version, use.id));
  }
  facts.add({"used by tasks", "使用它的任务"}, fmt::format("{}", fmt::join(uses, ", ")));
  facts.print();
  if (version.files.empty()) return;
  Table files({terminal.say({"FILE", "文件"}), terminal.say({"SIZE", "大小"}), "SHA-256"});
  for (const api::ModelFileView& file : version.files) {
    files.add({{file.path}, {size_text(file.size)}, {file.sha256}});
  }
  terminal.print("\n" + files.text(terminal));
}

}  // namespace cloudbrain::cli
