// The hook's program, as the server is under that name.
#include "git/hosting/push_hook.h"

int main() {
  return cloudbrain::run_push_hook();
}
