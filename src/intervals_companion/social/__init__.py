"""Other athletes: their activities as one feed, and comments."""
