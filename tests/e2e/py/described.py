"""The API description, judged by others: the OpenAPI 3.1 meta-schema, and JSON Schema for every example in it.

Reads the document's path from the command line; prints what is wrong as a JSON list.
"""

import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

document = json.load(open(sys.argv[1], encoding="utf-8"))
faults = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in OpenAPIV31SpecValidator(document).iter_errors()]

# Schemas are looked up in the document they stand in.
registry = Registry().with_resource("urn:api", Resource(contents=document, specification=DRAFT202012))
checker = Draft202012Validator.FORMAT_CHECKER
counted = 0


def examples(node, path):
    if isinstance(node, dict):
        if "schema" in node and "example" in node:
            yield path, node["example"]
        for name, child in node.items():
            if name not in ("example", "examples"):
                yield from examples(child, [*path, name])
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from examples(child, [*path, str(number)])


for path, example in examples(document["paths"], ["paths"]):
    pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in [*path, "schema"])
    validator = Draft202012Validator({"$ref": f"urn:api#/{pointer}"}, registry=registry, format_checker=checker)
    faults += [f"{' '.join(path)}: {error.message[:200]}" for error in validator.iter_errors(example)]
    counted += 1

json.dump({"faults": faults, "examples": counted, "operations": sum(len(methods) for methods in document["paths"].values())}, sys.stdout)
