"""The ingest door: what programs send to be recorded. Knows no Django."""
