"""Exports: everything that a search finds, as a file."""
