"""What is done with an import: it is drafted, checked, run and taken back, 1,000 rows at a time."""
