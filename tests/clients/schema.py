"""Reads a JSON Schema and environments on stdin, one JSON object; says for each whether the schema takes it."""

import json
import sys

from jsonschema import Draft202012Validator

ask = json.load(sys.stdin)
Draft202012Validator.check_schema(ask["schema"])
validator = Draft202012Validator(ask["schema"])
refused = [
    sorted({".".join(map(str, e.path)) or e.message.split("'")[1] for e in validator.iter_errors(env)})
    for env in ask["environments"]
]
print(json.dumps(refused))
