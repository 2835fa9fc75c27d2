"""Mistakes that were made before (docs/COMMON_ERRORS.md), and the sizes of things."""

import re
from collections import Counter

from tree import expect_none, files, numbered_lines, sources, text

# pattern, where it is looked for, what to do instead
FORBIDDEN = [
    (r"\bco_(await|yield|return)\b", "src/", "GCC 12 miscompiles coroutines; use callbacks inside http/"),
    (r"\b(std::|::)?(system|popen)\s*\(", "src/", "no shell: base/process.h takes argv"),
    (r"(?<![\w.])new\s+(\(std::nothrow\)\s*)?[A-Z:a-z_]\w*\s*[({;]", "src/", "std::make_unique"),
    (r"(?<![\w.])delete\s+\w+;", "src/", "an owner that frees by itself"),
    (r"#\s*include\s+<(boost/(asio|beast)|soci)", "src/", "http/ and store/ alone know these"),
    (r"(?<![\w.-])/work/", "", "the repository knows no machine of ours"),
    (r"registry\.(npmjs|npmmirror)|deb\.debian\.org|pypi\.org", "", "no host names of registries"),
]
ONLY_ROOM = {"#\\s*include\\s+<(boost/(asio|beast)|soci)": ("src/http/", "src/store/")}


def without_comment(line):
    return re.sub(r'//.*|"(\\.|[^"\\])*"', '""', line)


def forbidden_words():
    for pattern, under, instead in FORBIDDEN:
        for path in files():
            name = str(path)
            if not name.startswith(under) or name.startswith("tests/checks/"):
                continue
            if under == "src/" and path.suffix not in (".h", ".cpp"):
                continue
            if name.startswith(ONLY_ROOM.get(pattern, ("\0",))):
                continue
            for number, line in numbered_lines(path):
                if re.search(pattern, without_comment(line) if under else line):
                    yield f"{path}:{number}: {line.strip()[:80]}  ({instead})"


def test_words_that_led_astray_are_not_used():
    expect_none(forbidden_words())


def test_a_sleep_in_a_test_says_on_its_line_why_it_is_no_wait():
    sleep = re.compile(r"\b(sleep_for|sleep_until|usleep|time\.sleep)\((?!.*(//|#))")
    expect_none(
        (f"{path}:{number}: {line.strip()}" for path in sources(".cpp", ".py", under="tests/unit/") + sources(".py", under="tests/system/")
         for number, line in numbered_lines(path) if sleep.search(line)),
        "wait for the event, with a deadline",
    )


def test_no_file_has_more_than_500_lines():
    code = sources(".h", ".cpp", ".py", ".ts", ".vue", ".css", ".sh", ".sql", ".cmake")
    expect_none(f"{path}: {lines} lines" for path in code if (lines := text(path).count("\n")) > 500)


def long_functions():
    """Of formatted C++: a body begins with a line that ends in "{" and ends with "}" at its indent."""
    opens = re.compile(r"^( *)(?! )(?!(namespace|class|struct|union|enum|extern|static const|constexpr)\b)[^/].*\)[^;=]*\{$")
    for path in sources(".h", ".cpp", under="src/") + sources(".h", ".cpp", under="tests/"):
        begins = {}
        for number, line in numbered_lines(path):
            if re.match(r"^ *\}", line):
                indent = len(line) - len(line.lstrip())
                first = begins.pop(indent, None)
                if first is not None and number - first > 60:
                    yield f"{path}:{first}: {number - first + 1} lines"
            elif (match := opens.match(line)) and len(match[1]) <= 2:
                begins[len(match[1])] = number


def test_no_function_has_more_than_60_lines():
    expect_none(long_functions())


def test_no_folder_has_30_files():
    counts = Counter(str(path.parent) for path in files())
    expect_none(f"{folder}: {count} files" for folder, count in counts.items() if count >= 30)


def test_no_file_is_called_utils():
    vague = re.compile(r"(^|[_-])(utils?|common|managers?|helpers?|misc)([_.-]|$)")
    expect_none(str(path) for path in files() if any(vague.search(part) for part in path.parts))
