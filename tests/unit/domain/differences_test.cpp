#include "domain/differences.h"

#include <gmock/gmock.h>

namespace cloudbrain {

// How a failed comparison is printed.
static void PrintTo(const Difference& difference, std::ostream* out) {
  *out << difference.field << ": " << difference.before.value_or("-") << " -> "
       << difference.after.value_or("-");
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Task task() {
  Task task;
  task.request.name = "mnist";
  task.request.spec = "cpu-1";
  task.request.params = {{"lr", "0.1"}, {"seed", "1"}};
  task.inputs = {{"a.zip", "a", "aa"}, {"b.zip", "b", "bb"}};
  return task;
}

TEST(Differences, OfTheSameTaskThereAreNone) {
  EXPECT_THAT(differences(task(), task()), IsEmpty());
}

TEST(Differences, AreNamedByTheFieldsOfTheForm) {
  Task after = task();
  after.request.spec = "gpu-1";
  after.request.max_runtime_s = 60;
  after.request.engine = "MindSpore";
  after.request.model = ModelChoice{"lenet", "V0001", "m.pt"};
  EXPECT_THAT(differences(task(), after),
              ElementsAre(Difference{"engine", std::nullopt, "MindSpore"},
                          Difference{"model", std::nullopt, "lenet:V0001:m.pt"},
                          Difference{"spec", "cpu-1", "gpu-1"},
                          Difference{"max_runtime_s", "86400", "60"}));
}

TEST(Differences, OfParametersAreToldOneByOne) {
  Task after = task();
  after.request.params = {{"lr", "0.2"}, {"epochs", "3"}};
  EXPECT_THAT(differences(task(), after),
              ElementsAre(Difference{"params.epochs", std::nullopt, "3"},
                          Difference{"params.lr", "0.1", "0.2"},
                          Difference{"params.seed", "1", std::nullopt}));
}

TEST(Differences, AParameterGivenTwiceIsComparedInItsOrder) {
  Task before = task();
  Task after = task();
  before.request.params = {{"x", "1"}, {"x", "2"}};
  after.request.params = {{"x", "1"}, {"x", "3"}, {"x", "4"}};
  EXPECT_THAT(differences(before, after), ElementsAre(Difference{"params.x", "2", "3"},
                                                      Difference{"params.x", std::nullopt, "4"}));
}

TEST(Differences, AnotherOrderOfParametersIsOneToo) {
  Task after = task();
  std::swap(after.request.params[0], after.request.params[1]);
  EXPECT_THAT(differences(task(), after),
              ElementsAre(Difference{"params", "lr, seed", "seed, lr"}));
}

TEST(Differences, OfDataSetsAreTheirContentNotTheirName) {
  Task after = task();
  after.inputs = {{"a.zip", "a", "other"}, {"c.zip", "c", "cc"}};
  EXPECT_THAT(differences(task(), after),
              ElementsAre(Difference{"datasets", "a.zip (SHA-256 aa)", "a.zip (SHA-256 other)"},
                          Difference{"datasets", "b.zip", std::nullopt},
                          Difference{"datasets", std::nullopt, "c.zip"}));
}

}  // namespace
}  // namespace cloudbrain
