"""Forwarding: rows sent on to other systems as they are recorded, at least once and in order."""
