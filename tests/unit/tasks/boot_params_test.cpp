#include "tasks/boot_file/boot_params.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace cloudbrain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(const std::string& source) {
  try {
    read_boot_params(source);
    return "";
  } catch (const Error& error) {
    return error.code() + ": " + error.message().en;
  }
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(BootParams, DefinitionsAreReadInTheirOrder) {
  const BootParams found = read_boot_params(R"(
import argparse, no_such_module
RATE = 0.01
parser = argparse.ArgumentParser()
parser.add_argument("-e", "--epochs", type=int, default=10, help="how often, 100%%")
parser.add_argument('--lr', type=float, default=RATE)
group = parser.add_argument_group("x")
group.add_argument("--opt", choices=["sgd", "adam"], required=True)
parser.add_argument("--amp", action="store_true")
parser.add_argument("--no-cache", action="store_false")
parser.add_argument("--both", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--path", type=lambda x: x, default=os.environ["HOME"])
parser.add_argument("--neg", default=-1, type=int)
parser.add_argument("--n", choices=range(3), type=int)
parser.add_argument("positional")
parser.add_argument("-s")
parser.add_argument(*words, **more)
args, _ = parser.parse_known_args()
)");
  EXPECT_TRUE(found.parses_known_only);
  EXPECT_THAT(found.params,
              ElementsAre(BootParam{"epochs", "int", "10", "how often, 100%", {}, false, false},
                          BootParam{"lr", "float", "0.01", {}, {}, false, false},
                          BootParam{"opt", "str", {}, {}, {"sgd", "adam"}, true, false},
                          BootParam{"amp", "bool", "False", {}, {}, false, true},
                          BootParam{"no-cache", "bool", "True", {}, {}, false, true},
                          BootParam{"both", "bool", "True", {}, {}, false, true},
                          BootParam{"path", {}, {}, {}, {}, false, false},
                          BootParam{"neg", "int", "-1", {}, {}, false, false},
                          BootParam{"n", "int", {}, {}, {"0", "1", "2"}, false, false}));
}

TEST(BootParams, AScriptWithoutArgparseHasNone) {
  EXPECT_TRUE(read_boot_params("print(1)\n").params.empty());
  EXPECT_TRUE(read_boot_params("").params.empty());
  EXPECT_FALSE(read_boot_params("p.add_argument('--x')\np.parse_args()").parses_known_only);
}

TEST(BootParams, NothingOfTheScriptRuns) {
  const std::string harmed = testing::TempDir() + "harmed";
  read_boot_params("open('" + harmed + "', 'w')\nimport os\nos._exit(3)\n");
  EXPECT_NE(::access(harmed.c_str(), F_OK), 0);
}

TEST(BootParams, WhatIsNoPythonIsToldWithItsLine) {
  EXPECT_THAT(refusal("a = 1\nb = (\n"), HasSubstr("not_python: The script is no valid Python, "
                                                   "line 2"));
  EXPECT_THAT(refusal("print 'python 2'\n"), HasSubstr("line 1"));
  EXPECT_THAT(refusal(std::string("a\0b", 3)), HasSubstr("not_python"));
  EXPECT_THAT(refusal("x = '\xff\xfe'\n"), HasSubstr("not_python"));
}

TEST(BootParams, HostileScriptsAreRefusedInTime) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& source :
       {repeated("(", 100'000), "x=" + repeated("-", 100'000) + "1", repeated("[", 5000),
        "x=" + repeated("a.b(", 3000) + repeated(")", 3000), "x=" + repeated("1+", 200'000) + "1",
        repeated("if x:\n ", 200), "x = " + repeated("not ", 100'000) + "y",
        "p.add_argument('--x', default=" + repeated("-", 3000) + "1)"}) {
    EXPECT_THAT(refusal(source), testing::AnyOf(HasSubstr("not_python"), HasSubstr("script_too"),
                                                testing::IsEmpty()))
        << source.substr(0, 40);
  }
  EXPECT_THAT(refusal("x=" + repeated("-", 100'000) + "1"), HasSubstr("script_too_complex"));
  EXPECT_EQ(
      read_boot_params("p.add_argument('--x', choices=range(1000000000))").params[0].choices.size(),
      200U);
  EXPECT_EQ(refusal("p.add_argument('--x', default=9**9**9**9)"), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace cloudbrain
