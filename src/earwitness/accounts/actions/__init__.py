"""Everything that changes people, roles, desks and keys: one file per noun, one function per act.

Each act checks the permission, validates all fields at once, keeps the rules of granting, and is recorded before it is
committed: what cannot be recorded does not happen.
"""
