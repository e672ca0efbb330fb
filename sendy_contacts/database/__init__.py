"""Connections, SQL, transactions and migrations on SQLite and PostgreSQL."""
