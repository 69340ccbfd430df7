"""The dashboard: what a person should know at one look."""
