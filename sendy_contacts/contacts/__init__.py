"""Contacts: models, merge rules, filters and every query."""
