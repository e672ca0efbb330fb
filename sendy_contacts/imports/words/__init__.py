"""The words of many languages by which the columns of a list and its cells are recognised, a file a language."""
