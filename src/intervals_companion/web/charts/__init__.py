"""What is drawn: charts, icons and thumbnails, as inline SVG."""
