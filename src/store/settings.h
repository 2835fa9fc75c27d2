// What the administrator has decided for the whole platform.
#pragma once

#include <functional>

#include "domain/settings.h"
#include "store/database.h"

namespace cloudbrain::store {

class Settings {
 public:
  explicit Settings(Database& database) : database_(database) {}

  // The defaults where nothing was ever decided. Cheap enough for every request.
  PlatformSettings get() const;
  // Reads, lets `edit` change it, writes; what `edit` throws leaves all as it was. Gives the
  // result.
  PlatformSettings change(const std::function<void(PlatformSettings&)>& edit);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
