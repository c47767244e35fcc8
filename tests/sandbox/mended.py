"""A copy of the published description of the API, mended by the corrections that section 0 of the notes lists.

One function per correction. The sandbox follows the facts; the description is bent to them, never the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Spec = dict[str, Any]

REFUSALS = ("400", "401", "403", "404", "405", "413", "422", "429")
SUFFIXES = ("", ".json", ".csv")


def _operations(spec: Spec) -> Iterator[Spec]:
    for methods in spec["paths"].values():
        yield from methods.values()


def answers_are_full_of_nulls(spec: Spec) -> None:
    """ "The spec marks nothing nullable while answers are full of explicit nulls"."""
    for schema in spec["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            reference = "$ref" in field
            schema["properties"][name] = (
                {"allOf": [field], "nullable": True} if reference else {**field, "nullable": True}
            )
            if "enum" in field:
                schema["properties"][name]["enum"] = [*field["enum"], None]


def streams_are_lists(spec: Spec) -> None:
    """ "It types `ActivityStream.data`, `data2` … as objects"."""
    properties = spec["components"]["schemas"]["ActivityStream"]["properties"]
    for name in ("data", "data2"):
        properties[name] = {"type": "array", "items": {}, "nullable": True}


def content_of_custom_items_is_free(spec: Spec) -> None:
    """ "… and the values in `CustomItem.content` as objects"."""
    for name in ("CustomItem", "NewCustomItem"):
        spec["components"]["schemas"][name]["properties"]["content"] = {"type": "object", "nullable": True}


def other_statuses_exist(spec: Spec) -> None:
    """ "It lists almost only 200": an upload answers 201, and section 3 lists the refusals."""
    for operation in _operations(spec):
        responses = operation["responses"]
        for status in REFUSALS:
            responses.setdefault(status, {"description": "Refused"})
        if operation["operationId"] == "uploadActivity":
            responses["201"] = responses["200"]


def either_credential_will_do(spec: Spec) -> None:
    """ "Its `security` asks for key and token together where either will do"."""
    spec["security"] = [{"APIKey": []}, {"AccessToken": []}]


def uploads_are_multipart(spec: Spec) -> None:
    """ "The file uploads are written as JSON with an empty multipart"."""
    for operation in _operations(spec):
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if "file" in schema.get("properties", {}):
            operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def some_required_parameters_are_not(spec: Spec) -> None:
    """ "Query parameters shown as required that the server answers without: `f1`,`f2`,`f3` …, `upsertOnUid`"."""
    for operation in _operations(spec):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in ("f1", "f2", "f3", "upsertOnUid"):
                parameter["required"] = False


def one_of_loose_schemas_is_any_of_them(spec: Spec) -> None:
    """ "The spec is generated and loose: nothing is `required`", so an object fits several schemas at once."""
    for operation in _operations(spec):
        for response in operation["responses"].values():
            for media in response.get("content", {}).values():
                if "oneOf" in media["schema"]:
                    media["schema"] = {"anyOf": media["schema"]["oneOf"]}


def suffixes_are_glued_on(spec: Spec) -> None:
    """ "`{ext}`/`{format}` in a path is an optional suffix glued to the last segment": an operation for each."""
    for path in [path for path in spec["paths"] if path.endswith(("{ext}", "{format}"))]:
        stem, _, name = path.rpartition("{")
        methods = spec["paths"].pop(path)
        for suffix in SUFFIXES:
            split = deepcopy(methods)
            for operation in split.values():
                operation["parameters"] = [item for item in operation["parameters"] if item["name"] != name.strip("}")]
                operation["operationId"] += suffix
                if suffix == ".csv" and "200" in operation["responses"]:
                    operation["responses"]["200"] = {
                        "description": "OK",
                        "content": {"text/csv": {"schema": {"type": "string"}}},
                    }
            spec["paths"].setdefault(stem + suffix, {}).update(split)


CORRECTIONS: tuple[Callable[[Spec], None], ...] = (
    answers_are_full_of_nulls,
    streams_are_lists,
    content_of_custom_items_is_free,
    uploads_are_multipart,
    other_statuses_exist,
    either_credential_will_do,
    some_required_parameters_are_not,
    one_of_loose_schemas_is_any_of_them,
    suffixes_are_glued_on,
)


def mended(spec: Spec) -> Spec:
    copy = deepcopy(spec)
    for correct in CORRECTIONS:
        correct(copy)
    return copy
