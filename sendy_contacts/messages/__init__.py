"""Message templates and their values for each contact. Nothing here sends a message."""
