// The catalogue of images: list, offer, change, fetch, take away, clear.
#include <fcntl.h>

#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  return words.empty() ? "-" : fmt::format("{}", fmt::join(words, ", "));
}

std::string state_text(const api::ImageView& image) {
  if (image.state == "fetching" && image.bytes > 0) {
    return fmt::format("{} {}/{}", image.state, size_text(image.bytes_done),
                       size_text(image.bytes));
  }
  if (image.failure) return fmt::format("{}: {}", image.state, image.failure->code);
  return image.state;
}

int print_image(Terminal& terminal, const json::value& answer) {
  if (terminal.json()) {
    terminal.print_json(answer);
    return kDone;
  }
  const auto image = from_json<api::ImageView>(answer, UnknownMembers::ignore);
  terminal.print_line(fmt::format("{}  {}", image.name, state_text(image)));
  if (!image.reference.empty()) terminal.print_line("  " + image.reference);
  if (!image.digest.empty()) terminal.print_line("  " + image.digest);
  if (image.failure) {
    terminal.print_line("  " + image.failure->message);
    terminal.print_line("  " + image.failure->next);
  }
  return kDone;
}

class ImageList final : public Command {
 public:
  ImageList() : Command("image list", {"Images that a task can run in", "可选的镜像"}) {}
  void define(Options& /*options*/) override {}
  int run(Session& session) override {
    Terminal& t = session.terminal();
    const json::value answer = session.api().get(Path{"images"});
    if (t.json()) {
      t.print_json(answer);
      return kDone;
    }
    Table table({t.say({"IMAGE", "镜像"}), t.say({"TITLE", "名称"}), t.say({"TAGS", "标签"}),
                 t.say({"AI ENGINES", "AI引擎"}), t.say({"STATE", "状态"}),
                 t.say({"SIZE", "大小"})});
    for (const api::ImageView& image :
         from_json<api::ImageList>(answer, UnknownMembers::ignore).items) {
      table.add({{image.recommended ? image.name + " *" : image.name},
                 {image.title},
                 {joined(image.tags)},
                 {joined(image.engines)},
                 {state_text(image)},
                 {image.size > 0 ? size_text(image.size) : "-"}});
    }
    t.print(table.text(t));
    return kDone;
  }
};

// What `image add` and `image set` have in common.
class Description {
 public:
  void define(Options& options) {
    options.text("--description", text_, "TEXT", {"What it is", "描述"});
    options.list("--tag", tags_, "TEXT",
                 {"What is in it: \"CUDA 11.1\"; may be given several times", "标签，可多次给出"});
    options.list("--compute", computes_, "NAME",
                 {"For this compute resource alone; several times", "仅用于该计算资源，可多次"});
    options.list("--cluster", clusters_, "NAME",
                 {"For this cluster alone; several times", "仅用于该算力集群，可多次"});
    options.list("--engine", engines_, "NAME",
                 {"AI engine that it stands for: MindSpore1.8.1; several times",
                  "对应的 AI 引擎，如 MindSpore1.8.1，可多次"});
    options.flag("--recommended", recommended_, {"Shown first", "推荐"});
  }

  void write_to(json::object& body) const {
    if (text_) body["description"] = *text_;
    if (recommended_) body["recommended"] = true;
    const auto put = [&](const char* name, const std::vector<std::string>& words) {
      if (!words.empty()) body[name] = to_json(words);
    };
    put("tags", tags_);
    put("computes", computes_);
    put("clusters", clusters_);
    put("engines", engines_);
  }

 private:
  std::optional<std::string> text_;
  std::vector<std::string> tags_, computes_, clusters_, engines_;
  bool recommended_ = false;
};

class ImageAdd final : public Command {
 public:
  ImageAdd()
      : Command("image add", {"Offer an image of a registry to everyone (administrator)",
                              "添加平台镜像（管理员）"}) {}
  void define(Options& options) override {
    options.argument("NAME", name_, {"What tasks call it", "镜像名称"});
    options.argument("REFERENCE", reference_,
                     {"registry.example.com/group/name:tag or …@sha256:…", "镜像地址"});
    description_.define(options);
    options.flag("--later", later_, {"Fetch it when a task first wants it", "首次使用时再拉取"});
    options.example(
        "cloudbrain image add pytorch-1.9 docker.io/pytorch/pytorch:1.9.1-cuda11.1-cudnn8-runtime "
        "--tag \"CUDA 11.1\" --recommended");
  }
  int run(Session& session) override {
    json::object body{{"name", name_}, {"reference", reference_}, {"fetch", !later_}};
    description_.write_to(body);
    return print_image(session.terminal(), session.api().post(Path{"images"}, body));
  }

 private:
  std::string name_, reference_;
  bool later_ = false;
  Description description_;
};

class ImageSet final : public Command {
 public:
  ImageSet()
      : Command("image set",
                {"Change an image of the catalogue (administrator)", "修改平台镜像（管理员）"}) {}
  void define(Options& options) override {
    options.argument("NAME", name_, {"An image of the catalogue", "镜像名称"});
    options.text("--name", new_name_, "NAME", {"Call it so", "新名称"});
    options.text("--reference", reference_, "REFERENCE", {"Fetch it from there", "新的镜像地址"});
    description_.define(options);
  }
  int run(Session& session) override {
    json::object body;
    if (new_name_) body["name"] = *new_name_;
    if (reference_) body["reference"] = *reference_;
    description_.write_to(body);
    if (body.empty()) {
      throw usage_error({"Say what to change; see cloudbrain image set --help.",
                         "请指定要修改的内容，见 cloudbrain image set --help。"});
    }
    return print_image(session.terminal(), session.api().patch(Path{"images", name_}, body));
  }

 private:
  std::string name_;
  std::optional<std::string> new_name_, reference_;
  Description description_;
};

class ImageFetch final : public Command {
 public:
  ImageFetch()
      : Command("image fetch", {"Fetch what its tag stands for now (administrator)",
                                "拉取标签当前指向的镜像（管理员）"}) {}
  void define(Options& options) override {
    options.argument("NAME", name_, {"An image of the catalogue", "镜像名称"});
  }
  int run(Session& session) override {
    return print_image(session.terminal(), session.api().post(Path{"images", name_, "fetch"}));
  }

 private:
  std::string name_;
};

class ImageRemove final : public Command {
 public:
  ImageRemove()
      : Command("image remove",
                {"Offer an image no more (administrator)", "移除平台镜像（管理员）"}) {}
  void define(Options& options) override {
    options.argument("NAME", name_, {"An image of the catalogue", "镜像名称"});
  }
  int run(Session& session) override {
    session.api().remove(Path{"images", name_});
    session.terminal().note(Text{fmt::format("{} is no longer offered. `cloudbrain image prune` "
                                             "frees its room once no task uses it.",
                                             name_),
                                 fmt::format("已移除 {}。无任务使用后可用 `cloudbrain image prune` "
                                             "释放空间。",
                                             name_)});
    return kDone;
  }

 private:
  std::string name_;
};

class ImagePrune final : public Command {
 public:
  ImagePrune()
      : Command("image prune", {"Remove images that no task uses from the disk (administrator)",
                                "清理无任务使用的镜像（管理员）"}) {}
  void define(Options& /*options*/) override {}
  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().post(Path{"images", "prune"});
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    const auto pruned = from_json<api::PrunedView>(answer, UnknownMembers::ignore);
    const std::string size = size_text(pruned.freed_bytes);
    terminal.print_line(
        terminal.say({fmt::format("{} freed.", size), fmt::format("已释放 {}。", size)}));
    return kDone;
  }
};

class ImageLoad final : public Command {
 public:
  ImageLoad()
      : Command("image load", {"Offer an image from an archive of docker save (administrator)",
                               "从 docker save 归档导入平台镜像（管理员）"}) {}
  void define(Options& options) override {
    options.argument("NAME", name_, {"What tasks call it", "镜像名称"});
    options.argument("FILE", file_,
                     {"Made by docker save, podman save or as an OCI archive",
                      "由 docker save、podman save 生成，或 OCI 归档"});
    options.example(
        "docker save pytorch/pytorch:2.1 -o torch.tar && cloudbrain image load torch torch.tar");
  }
  int run(Session& session) override {
    HttpCall call;
    call.method = "PUT";
    call.headers = {{"Content-Type", "application/octet-stream"}};
    const Fd file = open_file(file_, O_RDONLY);
    call.file = FileBody{file.get(), fs::file_size(file_), 0};
    const HttpAnswer answer = session.api().call(std::move(call), Path{"images", name_, "archive"});
    return print_image(session.terminal(), parse_json(answer.body));
  }

 private:
  std::string name_, file_;
};

}  // namespace

void add_image_commands(CommandTable& table) {
  table.push_back(std::make_unique<ImageList>());
  table.push_back(std::make_unique<ImageAdd>());
  table.push_back(std::make_unique<ImageLoad>());
  table.push_back(std::make_unique<ImageSet>());
  table.push_back(std::make_unique<ImageFetch>());
  table.push_back(std::make_unique<ImageRemove>());
  table.push_back(std::make_unique<ImagePrune>());
}

}  // namespace cloudbrain::cli
