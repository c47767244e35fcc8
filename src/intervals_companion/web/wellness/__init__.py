"""Metrics and their days."""
