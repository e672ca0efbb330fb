"""Imports as records: what a file holds, how its rows were written, and how that is taken back."""
