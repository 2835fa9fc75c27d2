// Strong ids: a row's number that cannot be mixed up with another table's.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace cloudbrain {

template <typename Tag>
struct Id {
  std::int64_t value = 0;  // 0: not stored yet

  explicit operator bool() const { return value != 0; }
  auto operator<=>(const Id&) const = default;
};

using UserId = Id<struct UserTag>;
using ProjectId = Id<struct ProjectTag>;
using TaskId = Id<struct TaskTag>;
using DatasetId = Id<struct DatasetTag>;
using DatasetFileId = Id<struct DatasetFileTag>;
using ModelId = Id<struct ModelTag>;
using ModelVersionId = Id<struct ModelVersionTag>;
using TokenId = Id<struct TokenTag>;
using InvitationId = Id<struct InvitationTag>;

}  // namespace cloudbrain

template <typename Tag>
struct std::hash<cloudbrain::Id<Tag>> {
  std::size_t operator()(const cloudbrain::Id<Tag>& id) const noexcept {
    return std::hash<std::int64_t>{}(id.value);
  }
};
