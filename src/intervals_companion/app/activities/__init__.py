"""Workouts of Apple Health and activities of Intervals.icu, as one list and one by one."""
