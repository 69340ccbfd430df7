"""Listens to switches and turns what they say into events and segments."""
