"""Permissions on both sides, and how to grant them."""
