"""Where the pages' files lie, for the settings: each room of pages keeps its own templates."""

from pathlib import Path

import fontpkg_geist
import fontpkg_geist_mono

HERE = Path(__file__).parent
TEMPLATES = [HERE / "templates", *sorted(HERE.glob("*/templates"))]  # before those of packages, so that ours win
STATIC = [("fonts", fontpkg_geist.ROOT / "files"), ("fonts", fontpkg_geist_mono.ROOT / "files")]
