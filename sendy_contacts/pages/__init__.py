"""The contacts page: HTML for people. It reads with the functions of the domain; its scripts call `api`."""
