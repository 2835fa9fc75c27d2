#include "api/examples.h"

#include "api/embedded_files.h"
#include "base/log.h"
#include "store/projects.h"
#include "store/users.h"

namespace cloudbrain::api {

namespace {

// No hash of a password: nothing that is typed matches it.
constexpr std::string_view kNoPassword = "!";

store::User examples_user(const Services& services) {
  store::Users users(services.database);
  if (auto user = users.find(kExamplesOwner)) return std::move(*user);
  store::User user;
  user.name = kExamplesOwner;
  user.password_hash = kNoPassword;
  user.disabled = true;
  user.created_at = services.clock.now();
  user.id = users.create(user);
  return user;
}

store::Project project_of(const Services& services, const Example& example,
                          const store::User& owner) {
  store::Projects projects(services.database);
  auto known = projects.find(kExamplesOwner, example.name);
  if (known && known->owner == owner.id) return std::move(*known);
  store::Project project;
  project.owner = owner.id;
  project.owner_name = owner.name;
  project.name = example.name;
  project.description = example.title.zh + " / " + example.title.en;
  project.created_at = services.clock.now();
  project.origin = example.name;
  project.id = projects.create(project);
  return project;
}

// Files that are not yet as this program has them.
std::vector<FileChange> outdated_files(const Services& services, ProjectId project,
                                       const Example& example) {
  std::vector<FileChange> files = files_of(example);
  const auto head = services.revisions.resolve(project, "main");
  if (!head) return files;
  std::erase_if(files, [&](const FileChange& file) {
    return services.revisions.read_file(project, *head, file.path) == file.content;
  });
  return files;
}

}  // namespace

std::span<const Example> examples() {
  static const std::vector<Example> all{
      {"mnist-gpu",
       {"MNIST with PyTorch, GPU or CPU", "MNIST 手写数字识别 · PyTorch（GPU / CPU）"},
       {"Train and test a small network on handwritten digits; also goes on from a model, and "
        "infers.",
        "用手写数字训练并测试一个小网络；也演示继续训练与推理。"},
       "gpu"},
      {"mnist-npu",
       {"MNIST with MindSpore, Ascend NPU", "MNIST 手写数字识别 · MindSpore（Ascend NPU）"},
       {"The same for Ascend NPUs with MindSpore.", "面向昇腾 NPU 与 MindSpore 的同一示例。"},
       "npu"},
  };
  return all;
}

const Example* find_example(std::string_view name) {
  for (const Example& example : examples()) {
    if (example.name == name) return &example;
  }
  return nullptr;
}

std::vector<FileChange> files_of(const Example& example) {
  const std::string folder = "/" + std::string(example.name) + "/";
  std::vector<FileChange> files;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (!file.path.starts_with(folder) || file.path.find("__pycache__") != std::string_view::npos)
      continue;
    files.push_back({std::string(file.path.substr(folder.size())), std::string(file.bytes), {}});
  }
  return files;
}

void publish_examples(const Services& services) {
  const store::User owner = examples_user(services);
  if (owner.password_hash != kNoPassword) {
    log::warning("a person is called {}, so the example projects are not published",
                 kExamplesOwner);
    return;
  }
  for (const Example& example : examples()) {
    const store::Project project = project_of(services, example, owner);
    services.repositories.create(project.id);
    CommitRequest commit;
    commit.branch = "main";
    commit.message = "As of Cloudbrain " + services.version;
    commit.author = {"Cloudbrain", "examples@cloudbrain.invalid"};
    commit.time = services.clock.now();
    commit.files = outdated_files(services, project.id, example);
    if (commit.files.empty()) continue;
    commit_files(services.repositories, services.revisions, project.id, commit);
  }
}

}  // namespace cloudbrain::api
