"""Rows of cells <-> contacts: what each column holds, imports and exports."""
