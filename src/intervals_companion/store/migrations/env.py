"""Run by alembic: applies the migrations on the connection that `upgrade` hands over."""

from __future__ import annotations

from alembic import context

from intervals_companion.store import schema

context.configure(connection=context.config.attributes["connection"], target_metadata=schema.metadata)
context.run_migrations()
