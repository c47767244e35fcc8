"""How Apple Health data comes in: first steps, uploads, phones that push."""
