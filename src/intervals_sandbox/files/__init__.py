"""Activity files: what the sandbox reads out of an upload, and the FIT files it writes itself."""
