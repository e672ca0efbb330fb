"""What every request meets: who calls, what came, how errors, log lines and metrics are written. It knows no route."""
