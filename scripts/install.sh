# Debian packages by purpose, and a Node.js that is new enough for the console's tools. Sourced.

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "needs root or sudo: $*" >&2
    return 1
  fi
}

missing_packages() {
  local wanted installed
  wanted=$("$root/packaging/packages" "$@")
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | awk '$2 == "installed" { print $1 }')
  comm -23 <(echo "$wanted" | LC_ALL=C sort -u) <(echo "$installed" | LC_ALL=C sort -u)
}

install_with_apt() {
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@"
}

# install_packages PURPOSE...: what packaging/debian-packages.txt lists for them.
install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    fail "this is no Debian" "当前系统不是 Debian" \
      "Install these by hand: $("$root/packaging/packages" "$@" | tr '\n' ' ')" \
      "请手动安装：$("$root/packaging/packages" "$@" | tr '\n' ' ')"
  fi
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    done_already "Debian packages are there" "Debian 软件包已就绪"
    return
  fi
  # A password may be asked for, which must be seen: before the output goes to a file.
  if [ "$(id -u)" != 0 ] && command -v sudo >/dev/null; then sudo -v; fi
  step "packages-$1" "Installing $(echo "$missing" | wc -l) Debian packages" \
    "安装 $(echo "$missing" | wc -l) 个 Debian 软件包" install_with_apt $missing
}

# What the console's tools ask for: ^20.19 or >=22.12.
node_is_new_enough() {
  command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);
  ' 2>/dev/null
}

npm_quietly() { npm --no-audit --no-fund --no-update-notifier --loglevel=error "$@"; }

# The registry's own packages of Node.js, which need no install script.
bring_node() {
  local machine
  case $(uname -m) in
    aarch64) machine=arm64 ;;
    *) machine=x64 ;;
  esac
  mkdir -p "$root/.cloudbrain/node"
  npm_quietly install --prefix "$root/.cloudbrain/node" "node-linux-$machine@22" npm@10
  ln -sfn "../node-linux-$machine/bin/node" "$root/.cloudbrain/node/node_modules/.bin/node"
}

# Leaves a good `node` and `npm` on PATH.
ensure_node() {
  local brought=$root/.cloudbrain/node/node_modules/.bin
  if [ -x "$brought/node" ]; then PATH=$brought:$PATH; fi
  if node_is_new_enough; then return; fi
  command -v npm >/dev/null || install_packages node
  if node_is_new_enough; then return; fi
  step node "Bringing Node.js 22 from the npm registry" "从 npm 仓库获取 Node.js 22" bring_node
  PATH=$brought:$PATH
  hash -r
  node_is_new_enough || fail "Node.js $(node --version) is too old for the console" \
    "Node.js $(node --version) 版本过低，无法构建控制台"
}
