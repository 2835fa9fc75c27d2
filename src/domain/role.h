// What a person is in a project. Each may do all that those before it may.
#pragma once

#include <boost/describe/enum.hpp>

namespace cloudbrain {

enum class Role {
  reader,  // see it, fork it
  writer,  // push, upload, run tasks
  owner,   // settings, members, rename, delete
};
BOOST_DESCRIBE_ENUM(Role, reader, writer, owner)

}  // namespace cloudbrain
