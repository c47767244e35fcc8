"""What is missing between Apple Health and Intervals.icu."""
