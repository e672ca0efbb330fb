"""Checks of what comes in: each value, each body, and what is told of a refused one."""
