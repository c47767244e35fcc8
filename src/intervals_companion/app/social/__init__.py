"""Other athletes: the feed and comments."""
