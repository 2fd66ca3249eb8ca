"""Holds each line of traces against the schema, tightened: no kind and no field that it does not know.

Usage: validate.py SCHEMA TRACE... Exit status 1: a line is not so, and stderr says which.
"""

import json
import sys

import jsonschema


def tightened(schema):
    common = schema["$defs"]["event"]["properties"]
    kinds = schema["$defs"]["event"]["allOf"]
    names = [kind["if"]["properties"]["kind"]["const"] for kind in kinds]
    for name in names:
        kind = schema["$defs"][name]
        kind["properties"] = {**common, **kind["properties"]}
        kind["additionalProperties"] = False
    common["kind"] = {"enum": names}
    schema["$defs"]["header"]["additionalProperties"] = False
    return schema


def main(schema, *traces):
    with open(schema, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(tightened(schema))
    for trace in traces:
        with open(trace, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                error = jsonschema.exceptions.best_match(validator.iter_errors(json.loads(line)))
                if error:
                    sys.exit(f"{trace}:{number}: {error.message}\n{line[:400]}")


main(*sys.argv[1:])
