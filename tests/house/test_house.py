"""The house keeps its own rules: floors, sizes, licences, and nothing of any one machine in the repository."""

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 400
MOST_CHARACTERS = 150  # of a line of a template


def tracked() -> list[Path]:
    """Return the files of the repository, or of the folder where there is no repository around it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    paths = [ROOT / name for name in names] or [p for top in ("src", "docs") for p in (ROOT / top).rglob("*")]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_the_floors_are_kept() -> None:
    """No room imports upwards or a sibling, and no folder is on no floor."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_file_is_too_long_to_read() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in tracked()
        if path.suffix in {".py", ".html", ".css", ".js", ".sql"} and "migrations" not in path.parts
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    ]
    assert long == []


def test_templates_can_be_read() -> None:
    """What belongs together is indented together; a line is as long as a screen is wide."""
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix == ".html" and "templates" in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > MOST_CHARACTERS
    ]
    assert long == []


def test_no_room_is_a_grab_bag() -> None:
    banned = {"utils", "helpers", "common", "misc"}
    assert [path for path in tracked() if path.suffix == ".py" and banned & {path.stem, *path.parts}] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "src") and "migrations" not in path.parts
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


# Each has a letter in brackets, so that this line does not find itself.
FOREIGN = re.compile(r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.org|[d]eb\.debian\.org|/[w]ork/|\.[p]yenv/")


def test_no_index_host_and_no_path_of_one_machine_is_in_the_repository() -> None:
    found = [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if FOREIGN.search(line)
    ]
    assert found == []


def test_every_dependency_is_locked_by_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8"))
        pinned = [entry for entry in entries if not entry.startswith("#") and entry.strip()]
        assert len(pinned) > 20
        assert [entry.split()[0] for entry in pinned if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_tools_agree_with_the_product_on_versions() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert versions("requirements.txt") <= versions("requirements-dev.txt")


PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|0BSD|MIT-0|Unlicense|HPND|CC0|OFL)\b", re.IGNORECASE
)
WEAK = re.compile(r"\b(MPL|Mozilla Public License)\b", re.IGNORECASE)
EXCEPTIONS = {
    "psycopg": "LGPL, imported unmodified; anybody may replace it",
    "psycopg-binary": "LGPL, as psycopg",
}


def licence(name: str) -> str:
    """Return what a distribution says of its licence: expression, field and classifiers."""
    about = metadata.metadata(name)
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
    said = about.get("License") or ""
    return " ".join([about.get("License-Expression") or "", said[:200], *classifiers])


def locked(name: str) -> list[str]:
    names = re.findall(r"^([\w.-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return sorted(set(names))


@pytest.mark.parametrize("name", locked("requirements.txt"))
def test_what_the_product_ships_with_is_permissive(name: str) -> None:
    """MIT, BSD, Apache and their like; MPL where files stay apart; the exceptions are named with their reason."""
    try:
        said = licence(name)
    except metadata.PackageNotFoundError:
        return  # for another system or another Python: its licence is checked there
    assert PERMISSIVE.search(said) or WEAK.search(said) or name in EXCEPTIONS, said
