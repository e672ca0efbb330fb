"""The JSON routes, a blueprint per module. Handlers read the request, call one function and write the response."""
