#include "cli/command_line.h"

#include <algorithm>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/exit_codes.h"
#include "cli/help.h"

namespace cloudbrain::cli {

void Options::flag(const std::string& names, bool& to, const Text& help) {
  app_.add_flag(names, to, say(help));
}

void Options::text(const std::string& names, std::optional<std::string>& to,
                   const std::string& value, const Text& help) {
  app_.add_option(names, to, say(help))->type_name(value);
}

void Options::required(const std::string& names, std::string& to, const std::string& value,
                       const Text& help) {
  app_.add_option(names, to, say(help))->type_name(value)->required();
}

void Options::number(const std::string& names, std::optional<std::int64_t>& to,
                     const std::string& value, const Text& help) {
  app_.add_option(names, to, say(help))->type_name(value);
}

void Options::list(const std::string& names, std::vector<std::string>& to, const std::string& value,
                   const Text& help) {
  // One value each: the word after it is an argument again.
  app_.add_option(names, to, say(help))->type_name(value)->allow_extra_args(false);
}

void Options::argument(const std::string& name, std::string& to, const Text& help) {
  app_.add_option(name, to, say(help))->required();
}

void Options::arguments(const std::string& name, std::vector<std::string>& to, const Text& help) {
  app_.add_option(name, to, say(help))->required();
}

void Options::optional_argument(const std::string& name, std::optional<std::string>& to,
                                const Text& help) {
  app_.add_option(name, to, say(help));
}

void Options::example(const std::string& line) {
  app_.footer(app_.get_footer() + "  " + line + "\n");
}

namespace {

struct Group {
  std::string_view name;
  Text help;
};

std::vector<Group> groups() {
  return {
      {"token", {"Your access tokens: create, list, remove", "访问令牌：create、list、remove"}},
      {"project",
       {"Projects and their code: create, list, show, push, fork, members, …",
        "项目与代码：create、list、show、push、fork、members 等"}},
      {"dataset",
       {"Data sets: upload, list, show, tree, download, link, …",
        "数据集：upload、list、show、tree、download、link 等"}},
      {"model",
       {"Models: import, upload, list, show, download, …",
        "模型：import、upload、list、show、download 等"}},
      {"task",
       {"Tasks: submit, list, show, logs, stop, download, modify, …",
        "任务：submit、list、show、logs、stop、download、modify 等"}},
      {"cluster", {"Where tasks can run: list", "算力集群：list"}},
      {"spec",
       {"Amounts of resources a task can ask for: list, set, delete",
        "资源规格：list、set、delete"}},
      {"accelerator", {"Accelerators of the machines: list", "加速卡：list"}},
      {"image",
       {"Root file systems a task can see: list, add, load, login, …",
        "镜像：list、add、load、login 等"}},
      {"user",
       {"Accounts, on the server's own machine: list, add, passwd, enable, disable, admin",
        "用户（在服务所在机器上）：list、add、passwd、enable、disable、admin"}},
  };
}

Text group_help(std::string_view name) {
  for (const Group& group : groups()) {
    if (group.name == name) return group.help;
  }
  return {std::string(name), std::string(name)};
}

// The tree of CLI11 objects for a table of commands.
class Tree {
 public:
  Tree(const CommandTable& commands, bool chinese) : chinese_(chinese) {
    root_.name("cloudbrain");
    root_.description(say({"Cloudbrain: train models on your own machines.",
                           "Cloudbrain：在自己的机器上训练模型。"}));
    root_.formatter(std::make_shared<HelpPage>(chinese));
    root_.set_help_flag("-h,--help", say({"Show this help", "显示本帮助"}));
    root_.set_version_flag("--version", "cloudbrain " CLOUDBRAIN_VERSION,
                           say({"Show the version", "显示版本"}));
    root_.fallthrough();
    root_.require_subcommand(0, 1);
    add_global_options();
    for (const auto& command : commands) add(*command);
  }

  CLI::App& root() { return root_; }
  const GlobalOptions& global_options() const { return options_; }

  // The deepest command or group that was named.
  const CLI::App& named() const {
    const CLI::App* at = &root_;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return *at;
  }
  Command* command_of(const CLI::App& app) const {
    const auto found = commands_.find(&app);
    return found == commands_.end() ? nullptr : found->second;
  }

 private:
  const std::string& say(const Text& text) const { return chinese_ ? text.zh : text.en; }

  void add_global_options() {
    Options options(root_, chinese_);
    options.flag("--json", options_.json,
                 {"Answer in JSON on standard output", "以 JSON 输出到标准输出"});
    options.text("--server", options_.server, "URL",
                 {"The server; else CLOUDBRAIN_SERVER, else the one signed in to",
                  "服务器；默认 CLOUDBRAIN_SERVER，其次为已登录的服务器"});
    options.text("--token", options_.token, "TOKEN",
                 {"Access token; else CLOUDBRAIN_TOKEN, else the saved one",
                  "访问令牌；默认 CLOUDBRAIN_TOKEN，其次为已保存的令牌"});
  }

  void add(Command& command) {
    const std::size_t space = command.words().find(' ');
    CLI::App* parent = &root_;
    std::string name = command.words();
    if (space != std::string::npos) {
      parent = group(name.substr(0, space));
      name = name.substr(space + 1);
    }
    CLI::App* app = parent->add_subcommand(name, say(command.help()));
    app->set_help_flag("-h,--help", say({"Show this help", "显示本帮助"}));
    Options options(*app, chinese_);
    command.define(options);
    commands_[app] = &command;
  }

  CLI::App* group(const std::string& name) {
    CLI::App*& made = groups_[name];
    if (made != nullptr) return made;
    made = root_.add_subcommand(name, say(group_help(name)));
    made->require_subcommand(0, 1);
    made->set_help_flag("-h,--help", say({"Show this help", "显示本帮助"}));
    return made;
  }

  bool chinese_;
  CLI::App root_;
  GlobalOptions options_;
  std::map<std::string, CLI::App*> groups_;  // owned by root_
  std::map<const CLI::App*, Command*> commands_;
};

// CLI11 takes the word after "--name=" as its value; an empty value is meant.
std::vector<std::string> with_empty_values(std::span<const std::string> arguments) {
  std::vector<std::string> words;
  for (const std::string& word : arguments) {
    const bool empty_value = word.starts_with("--") && word.find('=') == word.size() - 1;
    words.push_back(empty_value ? word.substr(0, word.size() - 1) : word);
    if (empty_value) words.emplace_back();
  }
  return words;
}

Text unexpected_words(const CLI::App& root, const CLI::App& named) {
  std::string words;
  for (const std::string& word : root.remaining(true)) words += (words.empty() ? "" : " ") + word;
  std::vector<std::string> known;
  for (const CLI::App* command : named.get_subcommands(nullptr))
    known.push_back(command->get_name());
  for (const CLI::Option* option : named.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string first = words.substr(0, words.find_first_of(" ="));
  const std::string nearest = nearest_word(first, known);
  Text text{fmt::format("`{}` does not know \"{}\".", full_name(named), words),
            fmt::format("`{}` 不认识 \"{}\"。", full_name(named), words)};
  if (!nearest.empty()) {
    text.en += fmt::format(" Did you mean \"{}\"?", nearest);
    text.zh += fmt::format("是否想输入 \"{}\"？", nearest);
  }
  return text;
}

Text describe(const CLI::ParseError& error, const CLI::App& root, const CLI::App& named) {
  const std::string what = error.what();
  // A word that nobody knows may be why another one is missing.
  if (!root.remaining(true).empty()) return unexpected_words(root, named);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    constexpr std::string_view kEnd = " is required";
    const std::string name =
        what.ends_with(kEnd) ? what.substr(0, what.size() - kEnd.size()) : what;
    return {fmt::format("{} is missing.", name), fmt::format("缺少 {}。", name)};
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string name = what.substr(0, what.find(':'));
    return {fmt::format("{} takes one value.", name), fmt::format("{} 需要且只需要一个值。", name)};
  }
  return {what + ".", "命令行参数有误：" + what + "。"};
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  // Levenshtein's distance, one row at a time.
  const auto distance = [&](std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i + 1);
      for (std::size_t j = 0; j < other.size(); ++j) {
        const std::size_t replaced = diagonal + (word[i] == other[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
      }
    }
    return row.back();
  };
  std::string nearest;
  std::size_t least = word.size() / 3 + 2;  // a word that shares hardly a letter was not meant
  for (const std::string& candidate : known) {
    if (const std::size_t found = distance(candidate); found < least) {
      least = found;
      nearest = candidate;
    }
  }
  return nearest;
}

Chosen read_command_line(std::span<const std::string> arguments, const CommandTable& commands,
                         bool chinese) {
  Tree tree(commands, chinese);
  std::vector<std::string> words = with_empty_values(arguments);
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  Chosen chosen;
  try {
    tree.root().parse(words);
  } catch (const CLI::CallForVersion& version) {
    chosen.text = std::string(version.what()) + "\n";
    return chosen;
  } catch (const CLI::Success&) {
    chosen.text = tree.named().help();
    return chosen;
  } catch (const CLI::ParseError& error) {
    const std::string name = full_name(tree.named());
    throw usage_error(describe(error, tree.root(), tree.named()),
                      {fmt::format("`{} --help` tells what it takes.", name),
                       fmt::format("运行 `{} --help` 查看用法。", name)});
  }
  chosen.command = tree.command_of(tree.named());
  chosen.options = tree.global_options();
  if (chosen.command == nullptr) {
    chosen.text = tree.named().help();
    chosen.complete = false;
  }
  return chosen;
}

}  // namespace cloudbrain::cli
