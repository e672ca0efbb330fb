"""Shared parts of tests: databases, running services, programs."""
