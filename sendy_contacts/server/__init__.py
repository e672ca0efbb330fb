"""How gunicorn serves the app. Loaded by gunicorn's master, so nothing here may import the rest at module level."""
