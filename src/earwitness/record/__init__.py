"""The write door: everything that is recorded passes here: validate, redact, sequence, commit, acknowledge."""
