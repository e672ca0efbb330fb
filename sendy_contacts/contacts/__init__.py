"""Contacts: what is stored, how a row changes it, and every query. It knows no Flask and no HTTP."""
