// The threads of this room.
#pragma once

#include <functional>
#include <thread>

namespace cloudbrain::http {

// A named thread in which writing to a peer or a program that has gone is an error (EPIPE) instead
// of the signal that would end the server: SIGPIPE is blocked there, and only there.
std::thread quiet_thread(const char* name, std::function<void()> run);

}  // namespace cloudbrain::http
