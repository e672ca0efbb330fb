"""Connections, SQL, transactions and migrations on SQLite and PostgreSQL. It knows no contact, user or request."""
