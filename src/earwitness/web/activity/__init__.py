"""Activity logs > Activity audit log."""
