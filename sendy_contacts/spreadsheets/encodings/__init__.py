"""The text of a file, in whatever encoding it was saved."""
