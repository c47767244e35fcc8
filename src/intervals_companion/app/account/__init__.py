"""The account at Intervals.icu: signing in and out, consent, the API key, and what is kept of its answers."""
