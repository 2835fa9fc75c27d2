// The one place that constructs everything, top to bottom.
#pragma once

#include <cstdint>
#include <memory>

#include "app/configuration.h"

namespace cloudbrain::app {

// The running platform: rows, bytes, repositories, engine, conductor, web server. One thread makes,
// starts and destroys it. Destroying it stops serving and deciding; tasks run on.
class Platform {
 public:
  // Opens the data directory, which one server at a time may have: throws Error conflict
  // ("data_in_use") otherwise.
  explicit Platform(const Configuration& configuration);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  // Makes the first administrator where there is no user yet, takes up tasks that run or wait, and
  // listens.
  void start();
  std::uint16_t port() const;

 private:
  struct Rooms;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace cloudbrain::app
