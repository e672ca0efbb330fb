"""The service described in OpenAPI. Nothing behaves by it."""
