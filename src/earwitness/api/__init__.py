"""What programs call: the ingest door (no Django) and the read and management API."""
