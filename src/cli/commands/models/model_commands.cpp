// Models: list, show, create, edit, delete.
#include "cli/commands/commands.h"
#include "cli/commands/models/model_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

constexpr std::size_t kMostListed = 200;
const Text kVersionHelp{"NAME, or NAME:V0001 for one version", "名称，或 名称:V0001 表示某个版本"};

class ModelList final : public Command {
 public:
  ModelList() : Command("model list", {"Models of a project, or public ones", "模型列表"}) {}

  void define(Options& options) override {
    options.text("-p,--project", project_, "OWNER/NAME",
                 {"Of this project; else public ones", "所属项目，默认列出公开模型"});
    options.text("--search", search_, "TEXT",
                 {"In name, description or framework", "按名称、描述或框架搜索"});
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    Path path = project_ ? session.project_path(*project_).add("models") : Path{"models"};
    if (search_) path.query("search", *search_);
    const json::value answer = session.api().list(path, kMostListed);
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    Table table({terminal.say({"NAME", "名称"}), terminal.say({"PROJECT", "项目"}),
                 terminal.say({"NEWEST", "最新版本"}), terminal.say({"VERSIONS", "版本数"}),
                 terminal.say({"FRAMEWORK", "框架"}), terminal.say({"CREATED", "创建时间"})});
    for (const api::ModelView& model :
         from_json<api::ModelPage>(answer, UnknownMembers::ignore).items) {
      table.add({{model.name},
                 {model.project},
                 {model.latest.value_or("")},
                 {std::to_string(model.versions)},
                 {model.framework},
                 {time_text(model.created_at)}});
    }
    if (table.empty()) {
      terminal.note(Text{"No model. Make one with `cloudbrain model import NAME --task TASK`.",
                         "还没有模型，可用 `cloudbrain model import NAME --task TASK` 导入。"});
      return kDone;
    }
    terminal.print(table.text(terminal));
    return kDone;
  }

 private:
  std::optional<std::string> project_;
  std::optional<std::string> search_;
};

class ModelShow final : public Command {
 public:
  ModelShow()
      : Command("model show", {"A model, or a version: files, metrics, where it came from",
                               "查看模型或版本：文件、指标、来源"}) {}

  void define(Options& options) override {
    options.argument("MODEL", name_, kVersionHelp);
    define_model_project(options, project_);
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const ModelName name = parse_model_name(name_);
    if (name.version) {
      const json::value answer = session.api().get(version_path(session, project_, name));
      if (terminal.json()) {
        terminal.print_json(answer);
      } else {
        print_version(terminal, name.model,
                      from_json<api::ModelVersionView>(answer, UnknownMembers::ignore));
      }
      return kDone;
    }
    const Path path = model_path(session, project_, name.model);
    const json::value model = session.api().get(path);
    const json::value versions = session.api().list(Path(path).add("versions"), kMostListed);
    if (terminal.json()) {
      json::object both = model.as_object();
      both["version_list"] = versions.at("items");
      terminal.print_json(both);
      return kDone;
    }
    print_model(terminal, from_json<api::ModelView>(model, UnknownMembers::ignore));
    print_versions(terminal, from_json<api::ModelVersionPage>(versions, UnknownMembers::ignore));
    return kDone;
  }

 private:
  static void print_versions(Terminal& terminal, const api::ModelVersionPage& page) {
    if (page.items.empty()) return;
    Table table({terminal.say({"VERSION", "版本"}), terminal.say({"STATE", "状态"}),
                 terminal.say({"SIZE", "大小"}), terminal.say({"TASK", "来源任务"}),
                 terminal.say({"CREATED", "创建时间"})});
    for (const api::ModelVersionRowView& row : page.items) {
      table.add({{row.version},
                 {row.state},
                 {size_text(row.size)},
                 {row.task ? row.task->name + " " + row.task->version : ""},
                 {time_text(row.created_at)}});
    }
    terminal.print("\n" + table.text(terminal));
  }

  std::string name_;
  std::string project_;
};

class ModelCreate final : public Command {
 public:
  ModelCreate() : Command("model create", {"Make a model without versions", "创建模型"}) {}

  void define(Options& options) override {
    options.argument("NAME", body_.name, {"Letters, digits, _, - and .", "模型名称"});
    define_model_project(options, project_);
    options.text("--description", description_, "TEXT", {"What it is for", "模型描述"});
    options.text("--framework", framework_, "NAME", {"PyTorch, MindSpore, …", "框架"});
    options.flag("--public", body_.public_, {"Everyone sees it", "公开"});
  }

  int run(Session& session) override {
    body_.description = description_.value_or("");
    body_.framework = framework_.value_or("");
    const json::value answer =
        session.api().post(session.project_path(project_).add("models"), to_json(body_));
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
    } else {
      print_model(session.terminal(), from_json<api::ModelView>(answer, UnknownMembers::ignore));
    }
    return kDone;
  }

 private:
  std::string project_;
  api::ModelBody body_;
  std::optional<std::string> description_;
  std::optional<std::string> framework_;
};

class ModelEdit final : public Command {
 public:
  ModelEdit()
      : Command("model edit", {"Change a model, or a version's notes and metrics",
                               "修改模型，或某个版本的备注与指标"}) {}

  void define(Options& options) override {
    options.argument("MODEL", name_, kVersionHelp);
    define_model_project(options, project_);
    options.text("--name", body_.name, "NAME", {"A new name", "新名称"});
    options.text("--description", body_.description, "TEXT", {"What it is for", "模型描述"});
    options.text("--framework", body_.framework, "NAME", {"PyTorch, MindSpore, …", "框架"});
    options.flag("--public", public_, {"Everyone sees it", "公开"});
    options.flag("--private", private_, {"Only members see it", "仅成员可见"});
    options.text("--notes", notes_, "TEXT", {"Of the version", "版本备注"});
    options.list("--metric", metrics_, "NAME=NUMBER",
                 {"Of the version, in place of those there were; repeat",
                  "版本指标，替换原有指标，可多次给出"});
  }

  int run(Session& session) override {
    const ModelName name = parse_model_name(name_);
    const bool about_version = notes_ || !metrics_.empty();
    const bool about_model =
        body_.name || body_.description || body_.framework || public_ || private_;
    if ((public_ && private_) || about_version != name.version.has_value() ||
        about_model == about_version) {
      throw usage_error(
          {"--notes and --metric are for NAME:VERSION, the others for NAME alone; "
           "either --public or --private.",
           "--notes 与 --metric 用于 名称:版本，其他选项用于名称；"
           "--public 与 --private 只能选一个。"});
    }
    return about_version ? change_version(session, name) : change_model(session, name);
  }

 private:
  int change_model(Session& session, const ModelName& name) {
    if (public_ || private_) body_.public_ = public_;
    const json::value answer =
        session.api().patch(model_path(session, project_, name.model), to_json(body_));
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
    } else {
      print_model(session.terminal(), from_json<api::ModelView>(answer, UnknownMembers::ignore));
    }
    return kDone;
  }

  int change_version(Session& session, const ModelName& name) {
    api::ModelVersionChangeBody body;
    body.notes = notes_;
    if (!metrics_.empty()) body.metrics = parse_metrics(metrics_);
    const json::value answer =
        session.api().patch(version_path(session, project_, name), to_json(body));
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
    } else {
      print_version(session.terminal(), name.model,
                    from_json<api::ModelVersionView>(answer, UnknownMembers::ignore));
    }
    return kDone;
  }

  std::string name_;
  std::string project_;
  api::ModelChangeBody body_;
  bool public_ = false;
  bool private_ = false;
  std::optional<std::string> notes_;
  std::vector<std::string> metrics_;
};

class ModelDelete final : public Command {
 public:
  ModelDelete()
      : Command("model delete", {"Delete a model with its versions, or one version",
                                 "删除模型及其全部版本，或某个版本"}) {}

  void define(Options& options) override {
    options.argument("MODEL", name_, kVersionHelp);
    define_model_project(options, project_);
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const ModelName name = parse_model_name(name_);
    session.api().remove(name.version ? version_path(session, project_, name)
                                      : model_path(session, project_, name.model));
    if (terminal.json()) {
      terminal.print_json(json::object{{"deleted", name_}});
    } else {
      terminal.print_line(
          terminal.say({fmt::format("{} is deleted.", name_), fmt::format("{} 已删除。", name_)}));
    }
    return kDone;
  }

 private:
  std::string name_;
  std::string project_;
};

}  // namespace

void add_model_commands(CommandTable& table) {
  table.push_back(std::make_unique<ModelList>());
  table.push_back(std::make_unique<ModelShow>());
  table.push_back(std::make_unique<ModelCreate>());
  table.push_back(std::make_unique<ModelEdit>());
  table.push_back(std::make_unique<ModelDelete>());
}

}  // namespace cloudbrain::cli
