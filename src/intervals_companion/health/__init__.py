"""The Apple Health side: one port, and an adapter for each channel by which samples come."""
