"""What a reader is promised is there."""

import re

import pytest

from tree import ROOT, expect_none, files, sources, text


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md",
                                  "docs/architecture.md", "docs/COMMON_ERRORS.md", "docs/cli.md"])
def test_the_document_is_there(name):
    assert (ROOT / name).stat().st_size > 300


def test_every_link_between_documents_leads_somewhere():
    broken = []
    for path in sources(".md"):
        for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", text(path)):
            if "://" not in target and not (ROOT / path.parent / target).exists():
                broken.append(f"{path}: {target}")
    expect_none(broken)


def test_the_changelog_has_an_unreleased_part():
    assert "## Unreleased" in text("CHANGELOG.md")


def test_each_decision_has_a_number_of_its_own():
    numbers = [path.name[:3] for path in sources(".md", under="docs/decisions/")]
    assert numbers == sorted(set(numbers)) and all(number.isdigit() for number in numbers)


def test_a_line_of_the_package_list_is_purpose_package_and_reason():
    seen = set()
    for line in text("packaging/debian-packages.txt").splitlines():
        if not line or line.startswith("#"):
            continue
        purpose, package, reason = line.split(maxsplit=2)
        assert purpose in {"build", "node", "run", "quickstart", "package", "test", "bench"}, line
        assert (purpose, package) not in seen, f"{purpose} {package} is there twice"
        seen.add((purpose, package))
        assert reason


def test_debian_packages_are_named_in_the_list_alone():
    scripts = [path for path in files() if path.suffix in ("", ".sh", ".yml", ".cmake")]
    expect_none(str(path) for path in scripts if re.search(r"apt(-get)? install [a-z]", text(path)))


def test_every_header_says_what_it_is():
    """A public header is documentation: it starts with a comment."""
    expect_none(str(path) for path in sources(".h", under="src/") if not text(path).startswith("//"))
