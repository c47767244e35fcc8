"""The export.zip that the demo athlete's iPhone makes, as an iPhone with iOS 18 to 26 writes it (version 14)."""

from intervals_sandbox.world.apple_export.writer import ExportTruth, write_export

__all__ = ["ExportTruth", "write_export"]
