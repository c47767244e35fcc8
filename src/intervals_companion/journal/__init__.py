"""Archive into days and workouts: the only place that calls derive on stored samples."""
