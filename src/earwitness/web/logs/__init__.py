"""What the pages of both logs share: the form and its text, the address, the Time Range, zones, offers."""
