# How quickstart and test speak: a line per step, how long it takes, and where to look when it fails.
# Sourced. Expects $root, the top of the tree; the output of each step is kept below $root/.cloudbrain/logs.

logs=$root/.cloudbrain/logs
ticker=

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
  zh*) chinese=yes ;;
  *) chinese= ;;
esac

# text "English" "中文" prints the one for this terminal, without an end of line.
text() { if [ -n "$chinese" ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }
say() { text "$1" "$2"; echo; }

# A person who reads a failure wants three things: what, why, and what next.
fail() {
  stop_ticker
  { echo; say "Failed: $1" "失败：$2"; } >&2
  [ $# -lt 4 ] || say "  $3" "  $4" >&2
  exit 1
}

elapsed() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

last_line() { tail -n 1 "$1" 2>/dev/null | tr '\r' '\n' | tail -n 1 | tr -d '\033' | cut -c "1-$2"; }

# On a terminal one line that changes; elsewhere (CI) a line every 20 s. Waits by reading from a pipe
# that never says anything: a `sleep` would outlive the ticker and hold our standard output open.
tick() {
  local title=$1 log=$2 start=$SECONDS width never
  exec {never}<> <(:)
  if [ -t 1 ]; then
    width=$(($(tput cols 2>/dev/null || echo 80) - ${#title} - 14))
    if [ $width -lt 1 ]; then width=1; fi
    while ! read -r -t 0.5 -u "$never"; do
      printf '\r\033[K%s  %s  %s' "$title" "$(elapsed $((SECONDS - start)))" "$(last_line "$log" "$width")"
    done
  else
    while ! read -r -t 20 -u "$never"; do
      printf '    %s  %s\n' "$(elapsed $((SECONDS - start)))" "$(last_line "$log" 100)"
    done
  fi
}

stop_ticker() {
  [ -n "$ticker" ] || return 0
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  ticker=
  if [ -t 1 ]; then printf '\r\033[K'; fi
}
trap stop_ticker EXIT
trap 'stop_ticker; echo; say "Interrupted. Run it again: what is done stays done." "已中断。再次运行即可继续，已完成的步骤不会重做。" >&2; exit 130' INT TERM

# try_step NAME "English" "中文" COMMAND...: runs a command or function in a subshell, its output into
# the log NAME, and tells how it went. Sets step_status; the caller decides what a failure means.
try_step() {
  local log=$logs/$1.log title start=$SECONDS
  title=$(text "$2" "$3")
  shift 3
  mkdir -p "$logs"
  : >"$log"
  tick "$title" "$log" 2>/dev/null 9>&- &
  ticker=$!
  # Not in a condition: bash would forget -e inside.
  set +e
  (set -e; "$@") >"$log" 2>&1 </dev/null
  step_status=$?
  set -e
  stop_ticker
  if [ $step_status = 0 ]; then
    printf '  ✓ %s (%s)\n' "$title" "$(elapsed $((SECONDS - start)))"
  else
    printf '  ✗ %s (%s)\n' "$title" "$(elapsed $((SECONDS - start)))"
  fi
}

# As try_step, and a failure is the end, with the end of its output.
step() {
  try_step "$@"
  [ $step_status != 0 ] || return 0
  tail -n 30 "$logs/$1.log" | sed 's/^/    /' >&2
  fail "$2" "$3" "The whole output is in .cloudbrain/logs/$1.log" "完整输出见 .cloudbrain/logs/$1.log"
}

done_already() { printf '  ✓ %s\n' "$(text "$1" "$2")"; }
