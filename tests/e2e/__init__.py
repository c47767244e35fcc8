"""What a person sees and types: the command line and a real browser, against the real sandbox."""
