"""What travels, decided purely and then done."""
