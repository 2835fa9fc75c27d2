// What a task takes of a machine, and whether it is there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/spec.h"
#include "engines/engine.h"

namespace cloudbrain {

struct Demand {
  double cpus = 0;
  std::int64_t memory_bytes = 0;
  std::string accelerator_type;  // empty: none
  int accelerators = 0;

  bool operator==(const Demand&) const = default;
};

Demand demand_of(const Spec& spec);

// An amount of a machine: all of it, or what is free. A plain value.
struct Room {
  struct Accelerators {
    std::string type;
    int count = 0;
  };

  double cpus = 0;
  std::int64_t memory_bytes = 0;
  std::vector<Accelerators> accelerators;

  int count(const std::string& type) const;
  bool fits(const Demand& demand) const;
  // May go below zero where what was not there is taken.
  void take(const Demand& demand) { add(demand, -1); }
  void give_back(const Demand& demand) { add(demand, 1); }

 private:
  void add(const Demand& demand, int sign);
};

struct MachineRoom {
  Room total;
  Room free;
};

MachineRoom machine_room(const Offer& offer);

// The largest part of `total` that the demand takes of any one resource: 0.25 for one of four
// accelerators, whatever else it takes ("dominant resource", Ghodsi et al., NSDI 2011).
double dominant_share(const Demand& demand, const Room& total);

}  // namespace cloudbrain
