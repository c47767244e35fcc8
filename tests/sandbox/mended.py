"""A copy of the published description of the API, mended by the corrections that section 0 of the notes lists.

One function per correction, listed in `CORRECTIONS` under the words of section 0 that it carries out. The sandbox
follows the facts; the description is bent to them, never the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

Spec = dict[str, Any]

REFUSALS = ("401", "403", "404", "405", "422", "429")
MORE_REFUSALS = ("400", "413")
SUFFIXES = ("", ".json", ".csv")


def _operations(spec: Spec) -> Iterator[Spec]:
    for methods in spec["paths"].values():
        yield from methods.values()


def answers_are_full_of_nulls(spec: Spec) -> None:
    for schema in spec["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            reference = "$ref" in field
            schema["properties"][name] = (
                {"allOf": [field], "nullable": True} if reference else {**field, "nullable": True}
            )
            if "enum" in field:
                schema["properties"][name]["enum"] = [*field["enum"], None]


def streams_are_lists_and_content_is_free(spec: Spec) -> None:
    properties = spec["components"]["schemas"]["ActivityStream"]["properties"]
    for name in ("data", "data2"):
        properties[name] = {"type": "array", "items": {}, "nullable": True}
    for name in ("CustomItem", "NewCustomItem"):
        spec["components"]["schemas"][name]["properties"]["content"] = {"type": "object", "nullable": True}


def other_statuses_exist(spec: Spec) -> None:
    for operation in _operations(spec):
        responses = operation["responses"]
        for status in REFUSALS:
            responses.setdefault(status, {"description": "Refused"})
        if operation["operationId"] == "uploadActivity":
            responses["201"] = responses["200"]


def errors_are_answered(spec: Spec) -> None:
    """The two of section 3 that section 0 does not name."""
    for operation in _operations(spec):
        for status in MORE_REFUSALS:
            operation["responses"].setdefault(status, {"description": "Refused"})


def either_credential_will_do(spec: Spec) -> None:
    spec["security"] = [{"APIKey": []}, {"AccessToken": []}]


def uploads_are_multipart(spec: Spec) -> None:
    for operation in _operations(spec):
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if "file" in schema.get("properties", {}):
            operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def some_required_parameters_are_not(spec: Spec) -> None:
    for operation in _operations(spec):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in ("f1", "f2", "f3", "upsertOnUid"):
                parameter["required"] = False


def one_of_is_any_of_and_a_stub_has_its_keys_only(spec: Spec) -> None:
    """An object fits several schemas at once, so `oneOf` becomes `anyOf`. And as any object at all would fit a stub, a
    `Hidden` gets no other keys than its own (6.4: "exactly"): what `getActivity` answers is one, or a good activity.
    """
    spec["components"]["schemas"]["Hidden"]["additionalProperties"] = False
    for operation in _operations(spec):
        for response in operation["responses"].values():
            for media in response.get("content", {}).values():
                if "oneOf" in media["schema"]:
                    media["schema"] = {"anyOf": media["schema"]["oneOf"]}


def suffixes_are_glued_on(spec: Spec) -> None:
    """An operation for each suffix."""
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


CORRECTIONS: Mapping[str, Callable[[Spec], None]] = {
    "the spec marks nothing nullable while answers are full of explicit nulls": answers_are_full_of_nulls,
    "it types `ActivityStream.data`, `data2` and the values in `CustomItem.content` as objects": (
        streams_are_lists_and_content_is_free
    ),
    "it lists almost only 200 (201, 401, 403, 404, 405, 422, 429 exist)": other_statuses_exist,
    "no error responses are listed": errors_are_answered,
    "its `security` asks for key and token together where either will do": either_credential_will_do,
    "the file uploads are written as JSON with an empty multipart": uploads_are_multipart,
    "Query parameters shown as required that the server answers without": some_required_parameters_are_not,
    "The spec is generated and loose: nothing is `required`": one_of_is_any_of_and_a_stub_has_its_keys_only,
    "`{ext}`/`{format}` in a path is an optional suffix glued to the last segment": suffixes_are_glued_on,
}


def mended(spec: Spec) -> Spec:
    copy = deepcopy(spec)
    for correct in CORRECTIONS.values():
        correct(copy)
    return copy
