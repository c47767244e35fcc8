"""Days and metrics, as Health makes them."""
