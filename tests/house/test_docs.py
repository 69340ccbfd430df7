"""The documentation agrees with the program and with itself."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from earwitness.cli import commands
from earwitness.model.permission import PERMISSIONS
from earwitness.server.config import SETTINGS

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]


@pytest.mark.parametrize("name", sorted(generator().PAGES))
def test_a_generated_page_is_as_its_data_says(name: str) -> None:
    """If this fails, run ``make docs``."""
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == generator().PAGES[name]()


def test_every_setting_permission_and_command_has_its_line_in_the_reference() -> None:
    reference = {name: (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") for name in generator().PAGES}
    assert [s.name for s in SETTINGS if f"`{s.name}`" not in reference["settings.md"]] == []
    assert [p.name for p in PERMISSIONS if f"`{p.name}`" not in reference["permissions.md"]] == []
    names = [f"## earwitness {name}" for name in commands().commands]
    assert [name for name in names if name not in reference["cli.md"]] == []


def test_every_setting_and_option_has_a_sentence() -> None:
    assert [s.name for s in SETTINGS if not s.sentence.endswith(".")] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    missing = [
        target for target in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]
    assert missing == []


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        waiting += [(page.parent / target).resolve() for target in LINK.findall(page.read_text(encoding="utf-8"))]
    decisions = set((ROOT / "docs" / "decisions").glob("*.md"))  # reached as a folder
    assert {page for page in (ROOT / "docs").rglob("*.md") if page not in reached} <= decisions


def test_the_changelog_begins_with_what_is_not_released_yet() -> None:
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", head) for head in heads[1:])


def test_make_alone_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())
    explained = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert explained == declared
