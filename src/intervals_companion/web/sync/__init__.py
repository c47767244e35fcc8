"""Sync: runs, their progress, and conflicts."""
