"""What this program writes into Health: how it is named there, and how it is known again, never to be read back."""

from __future__ import annotations

from intervals_companion.domain.samples import unpack_metadata

NAME, BUNDLE = "Intervals Companion", "app.intervals-companion"
"""The app's name and bundle identifier: the source of everything it saves."""

SYNC_IDENTIFIER, SYNC_VERSION = "HKMetadataKeySyncIdentifier", "HKMetadataKeySyncVersion"
"""HealthKit's metadata keys, as its export spells them: one identifier with a higher version replaces the object."""
PREFIX = "intervals:"
_MARK = f'"{SYNC_IDENTIFIER}":"{PREFIX}'


def identifier(kind: str, key: str) -> str:
    """The sync identifier of our object: `intervals:weight:2026-03-01`, `intervals:activity:i123`."""
    return f"{PREFIX}{kind}:{key}"


def is_own(metadata: str) -> bool:
    """Whether a sample's metadata (canonical JSON) carries a sync identifier of ours, by whatever channel it came."""
    return _MARK in metadata and unpack_metadata(metadata)[SYNC_IDENTIFIER].startswith(PREFIX)
