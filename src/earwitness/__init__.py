"""Earwitness: the activity log of a contact centre."""

__version__ = "0.1.0"
