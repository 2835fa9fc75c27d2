#include "cli/help.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/screen/table.h"

namespace cloudbrain::cli {

namespace {

struct Entry {
  std::string left;
  std::string right;
};

std::string section(const std::string& title, const std::vector<Entry>& entries) {
  if (entries.empty()) return {};
  std::size_t width = 0;
  for (const Entry& entry : entries) width = std::max(width, display_width(entry.left));
  std::string text = "\n" + title + "\n";
  for (const Entry& entry : entries) {
    text += fmt::format("  {}  {}\n", padded(entry.left, width), entry.right);
  }
  return text;
}

// "-p, --project OWNER/NAME"
std::string option_names(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += "-" + name + ", ";
  for (const std::string& name : option.get_lnames()) names += "--" + name + ", ";
  if (names.size() >= 2) names.resize(names.size() - 2);
  const std::string value = option.get_type_name();
  return value.empty() ? names : names + " " + value;
}

std::string argument_name(const CLI::Option& option) {
  const std::string name = option.get_name(true, false);
  const std::string shown = option.get_expected_max() > 1 ? name + "…" : name;
  return option.get_required() ? shown : "[" + shown + "]";
}

}  // namespace

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : full_name(*app.get_parent()) + " " + app.get_name();
}

std::string HelpPage::usage(const CLI::App& app) const {
  std::string line = full_name(app);
  const bool group = !app.get_subcommands(nullptr).empty();
  if (group) line += say(" COMMAND", " 命令");
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional() && option->get_required()) {
      line += fmt::format(" {} {}", option->get_name(), option->get_type_name());
    }
  }
  line += say(" [OPTIONS]", " [选项]");
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) line += " " + argument_name(*option);
  }
  return fmt::format("{} {}\n", say("Usage:", "用法："), line);
}

std::string HelpPage::options(const CLI::App& app, bool positional) const {
  std::vector<Entry> entries;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() != positional || option->get_group().empty()) continue;
    if (positional) {
      entries.push_back({argument_name(*option), option->get_description()});
      continue;
    }
    const char* required = option->get_required() ? say(" (required)", "（必填）") : "";
    entries.push_back({option_names(*option), option->get_description() + required});
  }
  return section(positional ? say("Arguments:", "参数：") : say("Options:", "选项："), entries);
}

std::string HelpPage::commands(const CLI::App& app) const {
  std::vector<Entry> entries;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    entries.push_back({command->get_name(), command->get_description()});
  }
  return section(say("Commands:", "命令："), entries);
}

std::string HelpPage::make_help(const CLI::App* app, std::string /*name*/,
                                CLI::AppFormatMode /*mode*/) const {
  std::string page = app->get_description() + "\n\n" + usage(*app) + commands(*app) +
                     options(*app, true) + options(*app, false);
  if (app->get_parent() != nullptr) {
    page += section(
        say("Everywhere:", "通用选项："),
        {{"--json", say("Answer in JSON on standard output", "以 JSON 输出到标准输出")},
         {"--server URL", say("The server; else CLOUDBRAIN_SERVER, else the one signed in to",
                              "服务器；默认 CLOUDBRAIN_SERVER，其次为已登录的服务器")},
         {"--token TOKEN", say("Access token; else CLOUDBRAIN_TOKEN, else the saved one",
                               "访问令牌；默认 CLOUDBRAIN_TOKEN，其次为已保存的令牌")}});
  }
  if (!app->get_footer().empty()) {
    page += fmt::format("\n{}\n{}", say("Examples:", "示例："), app->get_footer());
  }
  return page;
}

}  // namespace cloudbrain::cli
