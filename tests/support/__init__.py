"""What several tests need: databases, running services, and how they are called."""
