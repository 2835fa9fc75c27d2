// `cloudbrain serve`: runs the platform until it is told to end.
#pragma once

#include "app/configuration.h"

namespace cloudbrain::app {

// Serves until SIGTERM or SIGINT. Gives the process's exit code; errors of the start are printed.
int serve(const Configuration& configuration);

}  // namespace cloudbrain::app
