"""The read door: everything that is read passes here: scope and filter in, rows and figures out."""
