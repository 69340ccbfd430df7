"""People, roles, permissions, desks, API keys and sign-in."""
