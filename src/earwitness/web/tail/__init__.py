"""The live tail: what is recorded now and matches, as it comes."""
