"""HTTP handling shared by all routes: sessions, bodies, errors, logs and metrics."""
