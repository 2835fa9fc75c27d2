"""What libFuzzer finds in a minute a target, beginning with what it found worth keeping before."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = sorted(file.name.removesuffix("_fuzz.cpp") for file in (ROOT / "tests/fuzz").glob("*_fuzz.cpp"))
SECONDS = os.environ.get("CLOUDBRAIN_FUZZ_SECONDS", "60")


@pytest.mark.skipif(shutil.which("clang++-19") is None, reason="no clang++-19 here")
@pytest.mark.parametrize("target", TARGETS)
def test_no_input_is_found_that_breaks(target):
    ran = subprocess.run([ROOT / "tests/fuzz/run", SECONDS, target], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
