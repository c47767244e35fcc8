"""Runs of sync: starting one, the first one, their history, and what needs a person's choice."""
