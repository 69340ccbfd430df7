"""Settings > Users, Roles, Desks, API keys, System; one's own security; the first administrator."""
