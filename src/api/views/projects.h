// Projects and their code. See api/views.h.
#pragma once

#include "api/views/page.h"
#include "domain/role.h"

namespace cloudbrain::api {

// At most one of readme, example and import_url says where the first commit comes from.
struct ProjectBody {
  std::string name;
  std::string description;
  bool private_ = false;
  bool readme = false;
  std::optional<std::string> example;     // "mnist-gpu": GET /examples
  std::optional<std::string> import_url;  // of a git repository; imported in the background
  std::string import_user;
  std::string import_password;  // used once, never stored
  static constexpr std::array<std::string_view, 1> kRequired{"name"};
};
BOOST_DESCRIBE_STRUCT(ProjectBody, (),
                      (name, description, private_, readme, example, import_url, import_user,
                       import_password))

struct ProjectChangeBody {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<bool> private_;
  std::optional<std::string> default_branch;
};
BOOST_DESCRIBE_STRUCT(ProjectChangeBody, (), (name, description, private_, default_branch))

struct ForkBody {
  std::optional<std::string> name;  // as the project that is forked
  std::optional<bool> private_;     // the same
};
BOOST_DESCRIBE_STRUCT(ForkBody, (), (name, private_))

struct TransferBody {
  std::string owner;
  static constexpr std::array<std::string_view, 1> kRequired{"owner"};
};
BOOST_DESCRIBE_STRUCT(TransferBody, (), (owner))

struct ProjectView {
  std::int64_t id = 0;
  std::string owner;
  std::string name;
  std::string full_name;  // "owner/name"
  std::string description;
  bool private_ = false;
  std::string state;  // ready, importing, import_failed
  int progress = 0;   // percent, while importing
  std::optional<std::string> failure;
  std::string default_branch;
  std::string clone_path;              // "/owner/name.git", below the server's own address
  std::string origin;                  // the URL or the example that its code came from
  std::optional<std::string> fork_of;  // "owner/name", where the caller may see it
  std::int64_t forks = 0;
  TimePoint created_at;
  std::optional<Role> role;  // of the caller
};
BOOST_DESCRIBE_STRUCT(ProjectView, (),
                      (id, owner, name, full_name, description, private_, state, progress, failure,
                       default_branch, clone_path, origin, fork_of, forks, created_at, role))

struct MemberBody {
  Role role = Role::reader;
  static constexpr std::array<std::string_view, 1> kRequired{"role"};
};
BOOST_DESCRIBE_STRUCT(MemberBody, (), (role))

struct MemberView {
  std::string user;
  Role role = Role::reader;
  TimePoint added_at;
};
BOOST_DESCRIBE_STRUCT(MemberView, (), (user, role, added_at))

// A project that the platform brings along.
struct ExampleView {
  std::string name;
  std::string title;
  std::string description;
  std::string compute;
};
BOOST_DESCRIBE_STRUCT(ExampleView, (), (name, title, description, compute))

struct ProjectPage : Page<ProjectView> {};
BOOST_DESCRIBE_STRUCT(ProjectPage, (), (items, next))

struct MemberList {
  std::vector<MemberView> items;
};
BOOST_DESCRIBE_STRUCT(MemberList, (), (items))

struct ExampleList {
  std::vector<ExampleView> items;
};
BOOST_DESCRIBE_STRUCT(ExampleList, (), (items))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_PROJECT_VIEWS(X) \
  X(ProjectBody) X(ProjectChangeBody) X(ForkBody) X(TransferBody) X(ProjectView) \
  X(MemberBody) X(MemberView) X(MemberList) X(ExampleView) X(ExampleList) \
  X(ProjectPage)
// clang-format on

}  // namespace cloudbrain::api
