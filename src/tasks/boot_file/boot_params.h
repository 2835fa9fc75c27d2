// The parameters that a boot file takes, read from its argparse definitions without running it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

namespace cloudbrain {

struct BootParam {
  std::string name;                     // of --name
  std::optional<std::string> type;      // int, float, str, bool; empty for anything else
  std::optional<std::string> default_;  // as one would type it; empty where it is no literal
  std::optional<std::string> help;
  std::vector<std::string> choices;
  bool required = false;
  bool flag = false;  // stands alone, without a value

  bool operator==(const BootParam&) const = default;
};
BOOST_DESCRIBE_STRUCT(BootParam, (), (name, type, default_, help, choices, required, flag))

struct BootParams {
  std::vector<BootParam> params;   // in the order of the script
  bool parses_known_only = false;  // it calls parse_known_args: unknown ones do not end it
};
BOOST_DESCRIBE_STRUCT(BootParams, (), (params, parses_known_only))

// Parses `source` in a python3 of its own, without its site packages, environment or any of its
// code running; at most 5 s of processor, 10 s in all, 1 GiB. Blocks that long at worst, some 40 ms
// for an ordinary script. Safe from any thread.
//
// Throws Error invalid: "not_python" with the line and what Python says of it, "script_too_complex"
// for one that cannot be parsed within those bounds; internal ("python_failed") where there is no
// python3.
BootParams read_boot_params(std::string_view source);

}  // namespace cloudbrain
