"""Workspaces, users and sign-in."""
