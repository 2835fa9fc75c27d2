#include "http/router.h"

#include "base/error.h"

namespace cloudbrain::http {

namespace {

[[noreturn]] void reject(const std::string& en, const std::string& zh) {
  throw Error(ErrorKind::internal, "bad_routes", {en, zh});
}

[[noreturn]] void reject_pattern(std::string_view pattern, std::string_view why) {
  reject(fmt::format("The route pattern {} is wrong: {}.", pattern, why),
         fmt::format("路由模式 {} 有误：{}。", pattern, why));
}

// One segment of a pattern: literal (no name), or prefix{name}suffix, or {name...}.
struct Segment {
  std::string prefix;  // a literal's whole text
  std::string name;
  std::string suffix;
  bool rest = false;

  bool is_literal() const { return name.empty(); }
};

Segment parse_segment(std::string_view text, std::string_view pattern) {
  const std::size_t open = text.find('{');
  if (open == std::string_view::npos) {
    if (text.find('}') != std::string_view::npos) reject_pattern(pattern, "a } without {");
    return {.prefix = std::string(text), .name = {}, .suffix = {}};
  }
  const std::size_t close = text.find('}', open);
  if (close == std::string_view::npos) reject_pattern(pattern, "a { without }");
  Segment segment{.prefix = std::string(text.substr(0, open)),
                  .name = std::string(text.substr(open + 1, close - open - 1)),
                  .suffix = std::string(text.substr(close + 1))};
  if (segment.name.ends_with("...")) {
    segment.name.resize(segment.name.size() - 3);
    segment.rest = true;
    if (!segment.prefix.empty() || !segment.suffix.empty()) {
      reject_pattern(pattern, "{name...} must be a whole segment");
    }
  }
  if (segment.name.empty()) reject_pattern(pattern, "a capture without a name");
  if (segment.suffix.find_first_of("{}") != std::string::npos) {
    reject_pattern(pattern, "two captures in one segment");
  }
  return segment;
}

std::vector<Segment> parse_pattern(std::string_view pattern) {
  if (!pattern.starts_with('/')) reject_pattern(pattern, "it must start with /");
  std::vector<Segment> segments;
  std::string_view rest = pattern;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view text = rest.substr(0, rest.find('/'));
    rest.remove_prefix(text.size());
    if (text.empty() && !rest.empty()) reject_pattern(pattern, "an empty segment");
    Segment segment = parse_segment(text, pattern);
    if (segment.rest && !rest.empty()) reject_pattern(pattern, "{name...} must be the last");
    for (const Segment& earlier : segments) {
      if (!segment.is_literal() && earlier.name == segment.name) {
        reject_pattern(pattern, "two captures of one name");
      }
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

std::string join(const std::vector<std::string>& segments, std::size_t from) {
  std::string joined;
  for (std::size_t i = from; i < segments.size(); ++i) {
    if (i > from) joined += '/';
    joined += segments[i];
  }
  return joined;
}

}  // namespace

struct Router::Node {
  struct Leaf {
    std::size_t route;
    std::vector<std::string> names;  // of the captures, in order
  };
  struct Part {
    std::string prefix;
    std::string suffix;
    std::unique_ptr<Node> node;

    bool fits(std::string_view segment) const {
      return segment.size() > prefix.size() + suffix.size() && segment.starts_with(prefix) &&
             segment.ends_with(suffix);
    }
    bool covers(const Part& other) const {
      return other.prefix.starts_with(prefix) && other.suffix.ends_with(suffix);
    }
  };

  std::unordered_map<std::string, std::unique_ptr<Node>> literals;
  std::vector<Part> parts;  // the more literal first
  std::unique_ptr<Node> capture;
  std::unique_ptr<Node> rest;
  std::map<std::string, Leaf, std::less<>> methods;

  Node& below(const Segment& segment, std::string_view pattern);
  Node& below_part(const Segment& segment, std::string_view pattern);
};

namespace {

template <typename Node>
Node& made(std::unique_ptr<Node>& node) {
  if (!node) node = std::make_unique<Node>();
  return *node;
}

}  // namespace

Router::Node& Router::Node::below_part(const Segment& segment, std::string_view pattern) {
  Part added{segment.prefix, segment.suffix, nullptr};
  for (Part& part : parts) {
    if (part.prefix == added.prefix && part.suffix == added.suffix) return *part.node;
    const bool prefixes_meet =
        part.prefix.starts_with(added.prefix) || added.prefix.starts_with(part.prefix);
    const bool suffixes_meet =
        part.suffix.ends_with(added.suffix) || added.suffix.ends_with(part.suffix);
    if (prefixes_meet && suffixes_meet && !part.covers(added) && !added.covers(part)) {
      reject(
          fmt::format("The route {} and another with {}{{…}}{} in the same place could match the "
                      "same request.",
                      pattern, part.prefix, part.suffix),
          fmt::format("路由 {} 与同一位置的 {}{{…}}{} 可能匹配同一请求。", pattern, part.prefix,
                      part.suffix));
    }
  }
  added.node = std::make_unique<Node>();
  const auto less_literal = std::find_if(parts.begin(), parts.end(),
                                         [&](const Part& part) { return part.covers(added); });
  return *parts.insert(less_literal, std::move(added))->node;
}

Router::Node& Router::Node::below(const Segment& segment, std::string_view pattern) {
  if (segment.is_literal()) return made(literals[segment.prefix]);
  if (segment.rest) return made(rest);
  if (segment.prefix.empty() && segment.suffix.empty()) return made(capture);
  return below_part(segment, pattern);
}

Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Router::Router(std::vector<Route> routes, Handler fallback)
    : routes_(std::move(routes)), fallback_(std::move(fallback)), root_(std::make_unique<Node>()) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const Route& route = routes_[i];
    Node* node = root_.get();
    Node::Leaf leaf{i, {}};
    for (const Segment& segment : parse_pattern(route.pattern)) {
      if (!segment.is_literal()) leaf.names.push_back(segment.name);
      node = &node->below(segment, route.pattern);
    }
    const auto [at, added] = node->methods.emplace(route.method, std::move(leaf));
    if (!added) {
      const std::string& other = routes_[at->second.route].pattern;
      reject(
          fmt::format("{} {} and {} match the same requests.", route.method, route.pattern, other),
          fmt::format("{} {} 与 {} 匹配相同的请求。", route.method, route.pattern, other));
    }
  }
}

// Walks the trie with backtracking. Every node lies at one depth and is so tried at most once per
// request: a hostile path cannot make this slow.
struct Router::Walk {
  std::string_view method;
  const std::vector<std::string>& segments;
  std::vector<std::string> values;
  const Node::Leaf* found = nullptr;
  std::set<std::string> allowed;

  bool ends_at(const Node& node) {
    auto at = node.methods.find(method);
    if (at == node.methods.end() && method == "HEAD") at = node.methods.find("GET");
    if (at != node.methods.end()) {
      found = &at->second;
      return true;
    }
    for (const auto& [name, leaf] : node.methods) {
      allowed.insert(name);
      if (name == "GET") allowed.insert("HEAD");
    }
    return false;
  }

  bool descend_capturing(const Node& node, std::string value, std::size_t next) {
    values.push_back(std::move(value));
    if (descend(node, next)) return true;
    values.pop_back();
    return false;
  }

  bool descend(const Node& node, std::size_t index) {
    if (index == segments.size()) {
      if (ends_at(node)) return true;
    } else if (descend_segment(node, index)) {
      return true;
    }
    return node.rest && descend_capturing(*node.rest, join(segments, index), segments.size());
  }

  bool descend_segment(const Node& node, std::size_t index) {
    const std::string& segment = segments[index];
    const auto literal = node.literals.find(segment);
    if (literal != node.literals.end() && descend(*literal->second, index + 1)) return true;
    for (const Node::Part& part : node.parts) {
      if (!part.fits(segment)) continue;
      const std::size_t length = segment.size() - part.prefix.size() - part.suffix.size();
      if (descend_capturing(*part.node, segment.substr(part.prefix.size(), length), index + 1)) {
        return true;
      }
    }
    return node.capture && !segment.empty() && descend_capturing(*node.capture, segment, index + 1);
  }
};

Router::Match Router::match(std::string_view method,
                            const std::vector<std::string>& segments) const {
  Walk walk{method, segments, {}, nullptr, {}};
  Match result;
  if (!walk.descend(*root_, 0)) {
    result.allowed.assign(walk.allowed.begin(), walk.allowed.end());
    return result;
  }
  result.route = &routes_[walk.found->route];
  for (std::size_t i = 0; i < walk.values.size(); ++i) {
    result.args.emplace_back(walk.found->names[i], std::move(walk.values[i]));
  }
  return result;
}

}  // namespace cloudbrain::http
