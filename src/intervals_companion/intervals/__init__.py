"""The Intervals.icu side."""
