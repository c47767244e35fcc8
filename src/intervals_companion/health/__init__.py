"""The Apple Health side: one port, and an adapter for each road by which samples come."""
