"""The OpenAPI document of the service. It describes the routes and doesn't change how they behave."""
