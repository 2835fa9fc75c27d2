// The example projects that a new project may begin with.
#include "api/examples.h"
#include "api/routes.h"
#include "api/views.h"

namespace cloudbrain::api {

void add_example_routes(Operations& operations) {
  operations.push_back(answers<ExampleList>(
      {"GET", "/api/v2/examples", Right::anyone, Scope::read, "Example projects"}, [](Call& call) {
        ExampleList list;
        for (const Example& example : examples()) {
          list.items.push_back({std::string(example.name), call.say(example.title),
                                call.say(example.description), std::string(example.compute)});
        }
        return list;
      }));
}

}  // namespace cloudbrain::api
