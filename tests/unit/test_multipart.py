"""A form with a large file, taken apart as it arrives: however it is cut, the same comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.errors import UsageError
from intervals_companion.web.ingest.multipart import StreamedForm

TYPE = "multipart/form-data; boundary=edge"


def body(content: bytes, name: str = "export.zip") -> bytes:
    return (
        b'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\ntoken\r\n'
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n'
        b"Content-Type: application/zip\r\n\r\n" + content + b"\r\n--edge--\r\n"
    )


@given(content=st.binary(max_size=300), size=st.integers(1, 80))
def test_however_it_is_cut_the_same_comes_out(content: bytes, size: int) -> None:
    taken = bytearray()
    form = StreamedForm(TYPE, taken.extend)
    whole = body(content)
    for start in range(0, len(whole), size):
        form.write(whole[start : start + size])
    assert (bytes(taken), form.fields, form.file_name, form.whole) == (content, {"csrf": "token"}, "export.zip", True)


def test_the_token_is_known_before_the_first_byte_of_the_file() -> None:
    seen: list[str] = []
    form = StreamedForm(TYPE, lambda _: seen.append(form.fields["csrf"]))
    form.write(body(b"PK"))
    assert seen == ["token"]


def test_a_form_that_breaks_off_is_not_whole() -> None:
    form = StreamedForm(TYPE, lambda _: None)
    form.write(body(b"PK" * 100)[:-20])
    assert not form.whole


@pytest.mark.parametrize("kind", ["application/zip", "multipart/form-data", ""])
def test_what_is_no_form_is_refused(kind: str) -> None:
    with pytest.raises(UsageError):
        StreamedForm(kind, lambda _: None)


def test_a_damaged_form_is_refused() -> None:
    with pytest.raises(UsageError):
        StreamedForm(TYPE, lambda _: None).write(b"no boundary here")


def test_a_field_that_is_too_large_is_refused() -> None:
    head = b'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n'
    with pytest.raises(UsageError):
        StreamedForm(TYPE, lambda _: None).write(head + b"x" * 10_000)


def test_of_a_path_only_the_name_is_kept() -> None:
    form = StreamedForm(TYPE, lambda _: None)
    form.write(body(b"PK", name="../../etc/passwd"))
    assert form.file_name == "passwd"
