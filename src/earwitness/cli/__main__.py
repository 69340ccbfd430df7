"""The command line without an installed script: ``python -m earwitness.cli``."""

from earwitness.cli import main

main()
