"""How Apple Health data comes in: exports, phones that push, and a Health store that can be read."""
