"""What every request meets: sessions, bodies, errors, log lines and metrics. It knows no route."""
