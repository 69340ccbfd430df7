"""Pages of what goes out: exports, saved searches, scheduled reports, alerts and forwarding."""
