"""Samples into days, workouts into streams: pure functions, each formula versioned and sourced."""
