"""Activities and athletes as Intervals.icu has them, read by the API key where they are another athlete's."""
