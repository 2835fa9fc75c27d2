#include "store/settings.h"

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

struct SettingsRow {
  PlatformSettings value;
};
BOOST_DESCRIBE_STRUCT(SettingsRow, (), (value))

PlatformSettings read(Connection& connection) {
  const auto found = row<SettingsRow>(connection, "SELECT value_json FROM settings WHERE id = 1");
  return found ? found->value : PlatformSettings{};
}

}  // namespace

PlatformSettings Settings::get() const {
  Reading reading(database_);
  return read(reading.connection());
}

PlatformSettings Settings::change(const std::function<void(PlatformSettings&)>& edit) {
  Writing writing(database_);
  PlatformSettings settings = read(writing.connection());
  edit(settings);
  store::change(writing.connection(),
                "INSERT INTO settings (id, value_json) VALUES (1, :value) "
                "ON CONFLICT (id) DO UPDATE SET value_json = excluded.value_json",
                settings);
  writing.commit();
  return settings;
}

}  // namespace cloudbrain::store
