# The runners of ./test. Each leaves JUnit files in $results/NAME/, which scripts/count_results.py sums.
# Sourced, after the other scripts. A runner that fails is a failed test, not the end of the run.

# report NAME CASE STATUS LOG: a JUnit file for something that is no test program of its own.
report() {
  local folder=$results/$1
  mkdir -p "$folder"
  {
    echo "<testsuite name=\"$1\"><testcase classname=\"$1\" name=\"$2\">"
    if [ "$3" != 0 ]; then
      printf '<failure>'
      tail -n 40 "$4" | tr -d '\000-\010\013\014\016-\037' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
      printf '</failure>'
    fi
    echo '</testcase></testsuite>'
  } >"$folder/$2.xml"
}

# Runs one command as a test of its own.
single() {
  local runner=$1 case=$2 english=$3 chinese_text=$4
  shift 4
  try_step "$runner-$case" "$english" "$chinese_text" "$@"
  report "$runner" "$case" "$step_status" "$logs/$runner-$case.log"
}

# A program that crashed, or is not there, left no report of its own: ctest's says so.
report_crashes() {
  /usr/bin/python3 - "$results/unit" "$results/ctest.xml" <<'PYTHON'
import pathlib, sys, xml.etree.ElementTree as tree
folder, listing = map(pathlib.Path, sys.argv[1:])
for case in tree.parse(listing).getroot().iter("testcase"):
    if not (folder / f"{case.get('name')}.xml").exists():
        suite = tree.Element("testsuite")
        failed = tree.SubElement(suite, "testcase", name=case.get("name"))
        tree.SubElement(failed, "failure").text = "".join(case.itertext()).strip()[-2000:] or "it left no report"
        tree.ElementTree(suite).write(folder / f"{case.get('name')}.xml")
PYTHON
}

run_unit() {
  mkdir -p "$results/unit"
  try_step unit "Unit tests of every room" "各模块单元测试" \
    env GTEST_OUTPUT="xml:$results/unit/" ctest --test-dir "$root/build/release" -j "$(nproc)" \
    --timeout 300 --output-on-failure --output-junit "$results/ctest.xml"
  report_crashes
}

run_pytest() {
  local runner=$1 folder=$2
  mkdir -p "$results/$runner"
  env PYTHONDONTWRITEBYTECODE=1 CLOUDBRAIN_EXTRA="$extra" /usr/bin/python3 -m pytest -p no:cacheprovider \
    -v --tb=short -rs --junitxml="$results/$runner/pytest.xml" -o junit_family=xunit1 \
    --basetemp="$results/tmp-$runner" "$root/$folder" "${@:3}"
}
run_checks() { try_step checks "Checks of the tree" "代码检查" run_pytest checks tests/checks; }
# Most of a system test is waiting for programs: several files at once, more than there are cores.
run_system() {
  try_step system "System tests of the real program" "系统测试" run_pytest system tests/system -n $(($(nproc) * 2)) --dist loadfile
}

vitest() {
  cd "$root/console"
  npx vitest run --config "$1" --reporter=default --reporter=junit --outputFile.junit="$results/console/$2.xml"
}
run_console() {
  mkdir -p "$results/console"
  # One at a time in this tree: it writes console/dist.
  exec 8>"$root/.cloudbrain/console.lock"
  flock 8
  single console types "Console: types" "控制台：类型检查" npm --prefix console run check
  try_step console-unit "Console: unit tests" "控制台：单元测试" vitest vitest.config.ts unit
  try_step console-browser "Console: in a real browser" "控制台：真实浏览器测试" vitest vitest.e2e.config.ts browser
  try_step console-real "Console: on the real server" "控制台：连接真实服务器" vitest vitest.real.config.ts real
  exec 8>&-
}

run_sanitizers() {
  local preset
  for preset in asan tsan; do
    single sanitizers "$preset" "Unit tests with the $preset preset" "以 $preset 预设运行单元测试" sanitized_unit_tests "$preset"
  done
}
sanitized_unit_tests() {
  cd "$root"
  cmake --preset "$1"
  cmake --build --preset "$1" -j "$(build_jobs)"
  ctest --test-dir "build/$1" -j "$(nproc)" --timeout 900 --output-on-failure
}
