"""What a person chooses: what may flow, their home zone, and how values are displayed."""
