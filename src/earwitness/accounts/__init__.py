"""People, roles, permissions, desks, API keys and sign-in (a Django app).

``access`` says what somebody may see and do, ``keys`` and ``desks`` answer quick look-ups for the ingest door,
``actions`` changes things (and records every change), ``questions`` reads them.
"""
