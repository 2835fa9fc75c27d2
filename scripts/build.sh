# The console and the programs. Sourced, after terminal.sh and install.sh.

# Everything that the built console depends on, as one number.
console_fingerprint() {
  (
    cd "$root/console"
    node --version
    find . -type f -not -path './node_modules/*' -not -path './dist/*' -not -path './shots/*' \
      -not -path './tests/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  ) | sha256sum
}

install_console_tools() {
  cd "$root/console"
  npm_quietly ci
  # Last: a run that was cut off must not look complete.
  sha256sum package-lock.json >node_modules/.installed-from
}

console_tools_are_there() { (cd "$root/console" && sha256sum --check --status node_modules/.installed-from 2>/dev/null); }

compile_console() {
  cd "$root/console"
  npm run build
}

# Into console/dist, from where the server embeds it.
build_console() {
  local fingerprint stamp=$root/.cloudbrain/console.built-from
  ensure_node
  fingerprint=$(console_fingerprint)
  if [ -e "$root/console/dist/index.html" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$fingerprint" ]; then
    done_already "The web console is built" "网页控制台已构建"
    return
  fi
  console_tools_are_there ||
    step console-tools "Fetching the console's libraries" "获取控制台依赖" install_console_tools
  step console "Building the web console" "构建网页控制台" compile_console
  echo "$fingerprint" >"$stamp"
}

# As many compilers as there are cores and memory for: one takes up to 1.5 GB.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  if [ "$memory" -lt "$cores" ]; then cores=$memory; fi
  echo $((cores > 1 ? cores : 1))
}

# build_programs TARGET...: into build/release; without targets everything, the unit tests too.
compile_programs() {
  cd "$root"
  cmake --preset release -DCLOUDBRAIN_TESTS=ON
  cmake --build --preset release -j "$(build_jobs)" ${1:+--target "$@"}
}
build_programs() { step build "Building Cloudbrain" "构建 Cloudbrain" compile_programs "$@"; }
