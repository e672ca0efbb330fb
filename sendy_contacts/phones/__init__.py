"""Any spelling of a phone number -> E.164 and its country, or why not. It knows no contact."""
