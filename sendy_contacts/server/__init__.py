"""gunicorn's worker. The master loads these modules, so they don't import the service at module level."""
