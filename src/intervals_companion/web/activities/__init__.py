"""Activities: the list, and one with its streams."""
