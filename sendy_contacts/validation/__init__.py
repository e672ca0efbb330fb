"""Validation of bodies and values, and the errors of refused ones."""
