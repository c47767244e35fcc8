"""What stands between the athlete's data and Intervals.icu: each finding has a cause and a cure."""
