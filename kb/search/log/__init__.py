"""What was searched for and opened, without personal data, and the report of it."""
