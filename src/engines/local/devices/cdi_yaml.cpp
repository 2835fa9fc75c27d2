#include "engines/local/devices/cdi_yaml.h"

#include <string>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace cloudbrain {

namespace {

constexpr int kDeepest = 32;
constexpr int kMostValues = 100'000;

[[noreturn]] void refuse(const std::string& en, const std::string& zh) {
  throw Error(ErrorKind::invalid, "cdi_file", {en, zh});
}

json::value convert(const YAML::Node& node, int depth, int& values) {
  if (depth > kDeepest || ++values > kMostValues) {
    refuse("it is too deep or too large.", "嵌套过深或内容过多。");
  }
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      return nullptr;
    case YAML::NodeType::Scalar:
      if (!is_utf8(node.Scalar())) refuse("it is not UTF-8.", "不是 UTF-8 文本。");
      return json::string(node.Scalar());
    case YAML::NodeType::Sequence: {
      json::array array;
      for (const YAML::Node& element : node) array.push_back(convert(element, depth + 1, values));
      return array;
    }
    case YAML::NodeType::Map: {
      json::object object;
      for (const auto& entry : node) {
        if (!entry.first.IsScalar() || !is_utf8(entry.first.Scalar())) {
          refuse("a key is no text.", "键应为文本。");
        }
        object[entry.first.Scalar()] = convert(entry.second, depth + 1, values);
      }
      return object;
    }
  }
  return nullptr;
}

}  // namespace

json::value yaml_to_json(std::string_view text) {
  try {
    int values = 0;
    return convert(YAML::Load(std::string(text)), 0, values);
  } catch (const YAML::Exception& problem) {
    refuse(fmt::format("line {}: {}", problem.mark.line + 1, problem.msg),
           fmt::format("第 {} 行：{}", problem.mark.line + 1, problem.msg));
  }
}

}  // namespace cloudbrain
