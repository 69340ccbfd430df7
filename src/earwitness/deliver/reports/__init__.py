"""Reports: figures, charts and tables about a stretch of time, the same on a page, on paper and in a mail."""
