"""A person's own data: backups, CSV, and erasing."""
