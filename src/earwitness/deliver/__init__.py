"""What goes out of the house: exports, scheduled reports, alerts, forwarding to a SIEM."""
