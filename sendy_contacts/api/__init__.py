"""The JSON routes, a blueprint a module. A handler reads the request, calls one function and writes the response."""
