"""Message templates and what they say to each contact. It sends nothing."""
