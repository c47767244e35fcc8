"""Apple's own export: export.zip, the unzipped folder or a bare export.xml, read in one pass with constant memory.

`opening` finds the data, `xml_reader` survives what breaks other readers, `elements` turns elements into rows with the
help of `records`, `workouts`, `tree`, `nested_records` and `row_buffers`; `reader` puts them together as a
`HealthReader`.
"""

from intervals_companion.health.apple_export.reader import AppleExport

__all__ = ["AppleExport"]
