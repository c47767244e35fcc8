"""Other athletes: the feed, their weeks and comments."""
