"""Work in the background: one job at a time, and its progress."""
