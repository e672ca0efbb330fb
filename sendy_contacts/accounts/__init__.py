"""Workspaces, users and signing in. It knows no Flask and no contact."""
