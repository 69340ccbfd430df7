"""The demo contact centre: its people, a generated history, and the example agent workspace beside it.

A floor of its own between the command line and the server: it is a client of the server like any other, and only the
command ``demo`` starts it.
"""
