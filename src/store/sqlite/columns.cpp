#include "store/sqlite/columns.h"

namespace cloudbrain::store {

void throw_unexpected(std::string_view value) {
  throw Error(
      ErrorKind::internal, "database_value",
      {fmt::format("The database holds \"{}\" where this program expects another word.", value),
       fmt::format("数据库中的“{}”不是本程序所认识的值。", value)});
}

}  // namespace cloudbrain::store
