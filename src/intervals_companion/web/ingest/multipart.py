"""A form with one large file, taken apart while it arrives: small fields are kept, the file is handed on in pieces."""

from __future__ import annotations

from collections.abc import Callable

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from intervals_companion.domain.errors import UsageError

_MOST_FIELD = 4096
"""Bytes of a field that is no file."""
_MOST_HEADER = 8192


class StreamedForm:
    """Feed it the body with `write`; the piece of a file goes to `take` as it comes."""

    def __init__(self, content_type: str, take: Callable[[bytes], None]) -> None:
        """Raises UsageError for what is no multipart form."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise UsageError("This is not a form with a file.", "Send it from the page.")
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None
        """Once the file has begun."""
        self.whole = False
        self._take = take
        self._name, self._value = "", bytearray()
        self._header, self._header_value = bytearray(), bytearray()
        self._is_file = False
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def write(self, piece: bytes) -> None:
        """Raises UsageError for a damaged form, and what `take` raises."""
        try:
            self._parser.write(piece)
        except MultipartParseError as problem:
            raise UsageError("The form arrived damaged.", "Send it again from the page.") from problem

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        if len(self._header_value) > _MOST_HEADER:
            raise UsageError("The form arrived damaged.", "Send it again from the page.")

    def _on_header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._header_value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            self._is_file = b"filename" in options
            if self._is_file:
                named = options[b"filename"].decode("utf-8", "replace").replace("\\", "/")
                self.file_name = named.rpartition("/")[2]
        self._header.clear()
        self._header_value.clear()

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._take(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > _MOST_FIELD:
            raise UsageError("A field of the form is too large.", "Send it from the page.")

    def _on_part_end(self) -> None:
        if not self._is_file:
            self.fields[self._name] = self._value.decode("utf-8", "replace")
        self._value.clear()
        self._is_file = False

    def _on_end(self) -> None:
        self.whole = True
