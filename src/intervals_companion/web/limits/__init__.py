"""What a client may take of the server: time, connections, bytes, threads, tries, lines of the log."""
