"""The services a face may call. No rule and no SQL lives here."""
