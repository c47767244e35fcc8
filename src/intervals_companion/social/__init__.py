"""Other athletes, as Intervals.icu tells of them: what they did, in the size of a screen and of a row."""
