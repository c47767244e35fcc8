"""The world around the service: the demo athlete's life, and what their iPhone would export of it."""
