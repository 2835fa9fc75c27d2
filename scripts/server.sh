# The server of quickstart: one a tree, in the background, found again by its pid file. Sourced.

state=$root/.cloudbrain
data=$state/data
server_log=$state/server.log
program=$root/build/release/cloudbrain

# The pid of our server, or nothing. A pid file can be old and its number somebody else's by now.
server_pid() {
  local pid
  pid=$(cat "$state/server.pid" 2>/dev/null) || return 1
  [ -r "/proc/$pid/cmdline" ] || return 1
  case $(readlink "/proc/$pid/exe") in
    */cloudbrain | *'/cloudbrain (deleted)') ;;
    *) return 1 ;;
  esac
  tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF -e "$data" || return 1
  echo "$pid"
}

# The program was built anew since the server started.
server_is_outdated() { [ "$(readlink "/proc/$1/exe")" != "$(readlink -f "$program")" ]; }

server_answers() { curl --noproxy '*' -fsS --max-time 2 -o /dev/null "http://127.0.0.1:$1/healthz" 2>/dev/null; }

port_is_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Nothing of it is left but an entry that its parent has not taken note of.
has_ended() { [ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2>/dev/null; }

stop_server() {
  local pid deadline=$((SECONDS + 15))
  pid=$(server_pid) || return 1
  kill "$pid"
  while ! has_ended "$pid"; do
    # Nothing is lost by it: the server is made to be killed at any point.
    if [ $SECONDS -ge $deadline ]; then kill -9 "$pid" 2>/dev/null || true; fi
    sleep 0.1
  done
  rm -f "$state/server.pid"
}

admin_password() {
  local file=$state/admin-password
  if [ ! -s "$file" ]; then
    (umask 077 && od -An -N12 -tx1 /dev/urandom | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
  fi
  cat "$file"
}

# True once the server answers on $1, false where it ended or stays silent.
launch_server() {
  local pid deadline=$((SECONDS + 30))
  CLOUDBRAIN_ADMIN_PASSWORD=$(admin_password) setsid "$program" serve --data "$data" \
    --listen "127.0.0.1:$1" >>"$server_log" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$state/server.pid"
  while [ $SECONDS -lt $deadline ] && kill -0 "$pid" 2>/dev/null; do
    if server_answers "$1"; then return 0; fi
    sleep 0.05
  done
  kill -9 "$pid" 2>/dev/null || true
  return 1
}

# Sets $port. The port of the last time comes first, so that a saved sign-in still fits.
start_server() {
  local pid first
  mkdir -p "$state"
  first=$(cat "$state/server.port" 2>/dev/null || echo 8080)
  if pid=$(server_pid); then
    if ! server_is_outdated "$pid" && server_answers "$first"; then
      port=$first
      done_already "The server runs already: http://127.0.0.1:$port" "服务器已在运行：http://127.0.0.1:$port"
      return
    fi
    stop_server
  fi
  for port in $first $(seq 8080 8179); do
    if port_is_taken "$port"; then
      say "    port $port is taken, trying the next" "    端口 $port 已被占用，尝试下一个"
      continue
    fi
    if launch_server "$port"; then
      echo "$port" >"$state/server.port"
      done_already "The server runs: http://127.0.0.1:$port" "服务器已启动：http://127.0.0.1:$port"
      return
    fi
    port_is_taken "$port" || break
  done
  tail -n 20 "$server_log" | sed 's/^/    /' >&2
  fail "the server does not start" "服务器无法启动" "Its log is .cloudbrain/server.log" "日志见 .cloudbrain/server.log"
}
