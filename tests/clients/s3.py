"""One S3 call through boto3, so that other people's code reads what ours writes.

Standard input: {"endpoint", "region", "keyId", "secret", "op", "bucket", "key"?, "body"? (base64), "document"?}.
Standard output: JSON; bodies in base64.
"""

import base64
import json
import sys

import boto3
from botocore.config import Config

ask = json.load(sys.stdin)
s3 = boto3.client(
    "s3",
    endpoint_url=ask["endpoint"],
    region_name=ask["region"],
    aws_access_key_id=ask["keyId"],
    aws_secret_access_key=ask["secret"],
    config=Config(s3={"addressing_style": "path"}, signature_version="s3v4", retries={"max_attempts": 1}),
)
bucket, key = ask["bucket"], ask.get("key")
match ask["op"]:
    case "make":
        s3.create_bucket(Bucket=bucket)
        answer = {}
    case "get":
        got = s3.get_object(Bucket=bucket, Key=key)
        answer = {"body": base64.b64encode(got["Body"].read()).decode(), "type": got["ContentType"]}
    case "put":
        s3.put_object(Bucket=bucket, Key=key, Body=base64.b64decode(ask["body"]))
        answer = {}
    case "list":
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        answer = {"keys": [o["Key"] for p in pages for o in p.get("Contents", [])]}
    case "expire":
        rules = json.loads(ask["document"])
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules)
        answer = {"Rules": s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
json.dump(answer, sys.stdout)
