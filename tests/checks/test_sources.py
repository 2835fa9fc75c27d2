"""Formatting, and whether every script can be read by its interpreter."""

import ast
import shutil
import subprocess

import pytest

from tree import ROOT, expect_none, files, sources, text

FORMATTER = "clang-format-19"


@pytest.mark.skipif(shutil.which(FORMATTER) is None, reason=f"{FORMATTER} is not installed")
def test_all_cpp_is_formatted():
    names = [str(path) for path in sources(".h", ".cpp")]
    run = subprocess.run([FORMATTER, "--dry-run", "-Werror", *names], cwd=ROOT, capture_output=True, text=True)
    expect_none(sorted({line.split(":")[0] for line in run.stderr.splitlines() if "error:" in line}), "make format")


def shell_scripts():
    return [path for path in files() if text(path).startswith(("#!/bin/bash", "#!/bin/sh")) or path.suffix == ".sh"]


@pytest.mark.parametrize("path", shell_scripts(), ids=str)
def test_the_shell_can_read(path):
    run = subprocess.run(["bash", "-n", path], cwd=ROOT, capture_output=True, text=True)
    assert run.stderr == ""


@pytest.mark.parametrize("path", sources(".py"), ids=str)
def test_python_can_read(path):
    ast.parse(text(path), filename=str(path))


def test_text_files_end_with_one_end_of_line_and_no_stray_blanks():
    endings = (".h", ".cpp", ".py", ".sh", ".md", ".cmake", ".txt", ".ts", ".vue")
    expect_none(str(path) for path in sources(*endings)
                if (body := text(path)) and (not body.endswith("\n") or body.endswith("\n\n")))
    expect_none(str(path) for path in sources(".h", ".cpp", ".py", ".sh", ".cmake")
                if any(line != line.rstrip() for line in text(path).splitlines()))
