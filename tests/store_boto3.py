"""The store through boto3, from outside: starts the binary on a free port and talks S3 to it.

Run by `npm test`; alone: .cache/python/bin/python tests/store_boto3.py (LANGFUSE_BLOB names another binary).
"""

import base64
import hashlib
import http.client
import io
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request
import zlib

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = os.environ.get("LANGFUSE_BLOB", str(ROOT / "target" / "debug" / "langfuse-blob"))
REGION = "eu-west-1"
MIB = 1024 * 1024

ODD_KEYS = [
    "n",
    "n/m",
    "a+b",
    "a%2Fb",
    "a b",
    "a/b",
    "a%20b",
    "a%2Bb",
    " lead",
    "trail ",
    "'single'",
    '"double"',
    "<&>;amp&amp;",
    "emoji-\U0001f600",
    "\u65e5\u672c\u8a9e/\u30d5\u30a1\u30a4\u30eb",
    "e\u0301 \u00e9",
    "~.-_*!()@:,$=?#",
    "slash//double",
    "end/",
    "back\\slash",
    "tab\there",
    "%",
    "%zz",
    "..",
    "a/../b",
    "./c",
    "k" * 1024,
    "\u00fc" * 512,
    "d/" * 512,
]


class Server:
    """`langfuse-blob store` on a free port, with the keys that it made up for itself."""

    def __init__(self, data_dir, region=REGION, buckets="media,second"):
        first, *others = buckets.split(",")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [BIN, "store", "--data", data_dir, "--region", region, "--bucket", first],
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        env = {}
        while "LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE" not in env:
            line = self.process.stdout.readline()
            assert line, "the store ended before it was ready"
            name, _, value = line.strip().partition("=")
            env[name] = value
        self.port = int(env["LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT"].rsplit(":", 1)[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.key_id = env["LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID"]
        self.secret = env["LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY"]
        for name in others:
            if not os.path.isdir(os.path.join(data_dir, "buckets", name)):
                self.client(region=region).create_bucket(
                    Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}
                )

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=10)
        self.process.stdout.close()
        self.errors.seek(0)
        errors = self.errors.read()
        self.errors.close()
        assert "panicked" not in errors and self.secret not in errors, errors
        return status

    def client(self, key_id=None, secret=None, region=REGION, url=None, style="path", **config):
        return boto3.client(
            "s3",
            endpoint_url=url or self.url,
            aws_access_key_id=key_id or self.key_id,
            aws_secret_access_key=secret or self.secret,
            region_name=region,
            config=Config(
                s3={"addressing_style": style}, signature_version="s3v4", retries={"max_attempts": 1}, **config
            ),
        )

    def memory_kib(self, field):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status).group(1))

    def raw(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response, text

    def signed(self, method, path, headers=None, body=b"", region=REGION):
        request = AWSRequest(method, self.url + path, headers=headers or {}, data=body)
        request.context["payload_signing_enabled"] = True
        S3SigV4Auth(Credentials(self.key_id, self.secret), "s3", region).add_auth(request)
        return self.raw(method, path, dict(request.headers), body)


class StoreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="store-e2e-")
        cls.server = Server(cls.dir)
        cls.s3 = cls.server.client()

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        shutil.rmtree(cls.dir)
        assert status == 0, status

    def new_bucket(self):
        name = f"b-{self.id().rsplit('.', 1)[1].replace('_', '-')}"[:63].rstrip("-")
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def fails(self, code, status, call, *args, **kwargs):
        with self.assertRaises(ClientError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], status)
        return caught.exception.response["Error"]

    def keys(self, bucket, client=None, operation="list_objects_v2", **kwargs):
        pages = (client or self.s3).get_paginator(operation).paginate(Bucket=bucket, **kwargs)
        found, prefixes = [], []
        for page in pages:
            found += [item["Key"] for item in page.get("Contents", [])]
            prefixes += [item["Prefix"] for item in page.get("CommonPrefixes", [])]
        return found, prefixes

    def test_odd_keys(self):
        bucket = self.new_bucket()
        for key in ODD_KEYS:
            self.s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        expected = sorted(ODD_KEYS, key=str.encode)
        for operation in ("list_objects_v2", "list_objects"):
            for config in ({}, {"PaginationConfig": {"PageSize": 2}}):
                self.assertEqual(self.keys(bucket, operation=operation, **config)[0], expected)
        for key in ODD_KEYS:
            self.assertEqual(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read(), key.encode(), key)
            self.assertEqual(self.s3.head_object(Bucket=bucket, Key=key)["ContentLength"], len(key.encode()))
        for key in ODD_KEYS:
            self.assertEqual(self.s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"][0]["Key"], key)
            url = self.s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
            self.assertEqual(urllib.request.urlopen(url).read(), key.encode())
            self.s3.copy_object(Bucket="second", Key="copy", CopySource={"Bucket": bucket, "Key": key})
            self.assertEqual(self.s3.get_object(Bucket="second", Key="copy")["Body"].read(), key.encode())
        deleted = self.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in ODD_KEYS]})
        self.assertEqual([item["Key"] for item in deleted["Deleted"]], ODD_KEYS)
        self.assertEqual(self.keys(bucket)[0], [])
        self.s3.delete_bucket(Bucket=bucket)

    def test_listing_without_encoding(self):
        bucket = self.new_bucket()
        for key in ["a+b", "a%2Fb", "a b", "<&>", "\u65e5"]:
            self.s3.put_object(Bucket=bucket, Key=key, Body=b"")
        _, text = self.server.signed("GET", f"/{bucket}?list-type=2")
        listed = re.findall(r"<Key>(.*?)</Key>", text.decode())
        self.assertEqual(listed, ["&lt;&amp;&gt;", "a b", "a%2Fb", "a+b", "\u65e5"])
        _, text = self.server.signed("GET", f"/{bucket}?encoding-type=url&list-type=2")
        self.assertIn("<Key>a%2Bb</Key>", text.decode())
        self.assertIn("<EncodingType>url</EncodingType>", text.decode())

    def test_delimiter_and_pages(self):
        bucket = self.new_bucket()
        keys = ["a+b/1", "a+b/2", "b", "c/1", "c/2/3", "c/2/4", "d"]
        for key in keys:
            self.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        for operation in ("list_objects_v2", "list_objects"):
            for size in (1, 2, 3, 1000):
                config = {"PageSize": size}
                found = self.keys(bucket, operation=operation, Delimiter="/", PaginationConfig=config)
                self.assertEqual(found, (["b", "d"], ["a+b/", "c/"]))
                found = self.keys(bucket, operation=operation, Delimiter="/", Prefix="c/", PaginationConfig=config)
                self.assertEqual(found, (["c/1"], ["c/2/"]))
        page = self.s3.list_objects_v2(Bucket=bucket, MaxKeys=2, StartAfter="b")
        self.assertEqual([item["Key"] for item in page["Contents"]], ["c/1", "c/2/3"])
        self.assertTrue(page["IsTruncated"])
        self.assertEqual(page["KeyCount"], 2)
        self.assertEqual(page["StartAfter"], "b")
        self.assertEqual(self.s3.list_objects_v2(Bucket=bucket, MaxKeys=0)["KeyCount"], 0)
        self.fails("InvalidArgument", 400, self.s3.list_objects_v2, Bucket=bucket, ContinuationToken="!")

    def test_buckets(self):
        names = [item["Name"] for item in self.s3.list_buckets()["Buckets"]]
        self.assertIn("media", names)
        self.assertEqual(self.s3.get_bucket_location(Bucket="media")["LocationConstraint"], REGION)
        self.assertEqual(self.s3.head_bucket(Bucket="media")["BucketRegion"], REGION)
        self.fails("404", 404, self.s3.head_bucket, Bucket="absent")
        self.fails("NoSuchBucket", 404, self.s3.list_objects_v2, Bucket="absent")
        self.fails("NoSuchBucket", 404, self.s3.put_object, Bucket="absent", Key="k", Body=b"x")
        self.fails("NoSuchBucket", 404, self.s3.delete_bucket, Bucket="absent")
        constraint = {"LocationConstraint": REGION}
        self.fails(
            "BucketAlreadyOwnedByYou", 409, self.s3.create_bucket, Bucket="media", CreateBucketConfiguration=constraint
        )
        self.fails(
            "IllegalLocationConstraintException",
            400,
            self.s3.create_bucket,
            Bucket="other",
            CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
        )
        bucket = self.new_bucket()
        self.s3.put_object(Bucket=bucket, Key="k", Body=b"")
        self.fails("BucketNotEmpty", 409, self.s3.delete_bucket, Bucket=bucket)
        self.s3.delete_object(Bucket=bucket, Key="k")
        self.s3.create_multipart_upload(Bucket=bucket, Key="pending")
        self.s3.delete_bucket(Bucket=bucket)
        self.fails("404", 404, self.s3.head_bucket, Bucket=bucket)
        page = self.s3.list_buckets(MaxBuckets=1)
        self.assertEqual(len(page["Buckets"]), 1)
        for path in ("/..%2f..%2fetc", "/UPPER/k", "/a"):
            response, text = self.server.signed("GET", path)
            self.assertEqual((response.status, b"<Code>InvalidBucketName</Code>" in text), (400, True), text)

    def test_headers_come_back(self):
        self.s3.put_object(
            Bucket="media",
            Key="h",
            Body=b"hello",
            ContentType="text/plain",
            CacheControl="no-store",
            ContentDisposition="inline",
            ContentEncoding="identity",
            ContentLanguage="de",
            Metadata={"a": "1", "B-c": "x"},
        )
        for answer in (self.s3.head_object(Bucket="media", Key="h"), self.s3.get_object(Bucket="media", Key="h")):
            self.assertEqual(answer["ContentType"], "text/plain")
            self.assertEqual(answer["CacheControl"], "no-store")
            self.assertEqual(answer["ContentDisposition"], "inline")
            self.assertEqual(answer["ContentEncoding"], "identity")
            self.assertEqual(answer["ContentLanguage"], "de")
            self.assertEqual(answer["Metadata"], {"a": "1", "b-c": "x"})
            self.assertEqual(answer["ETag"], '"5d41402abc4b2a76b9719d911017c592"')
            self.assertEqual(answer["ContentLength"], 5)
            self.assertEqual(answer["AcceptRanges"], "bytes")
        self.s3.put_object(Bucket="media", Key="plain", Body=b"")
        self.assertEqual(self.s3.head_object(Bucket="media", Key="plain")["ContentType"], "binary/octet-stream")
        response, text = self.server.signed("HEAD", "/media/h")
        self.assertEqual((response.status, response.headers["content-length"], text), (200, "5", b""))
        response, text = self.server.signed("HEAD", "/media/absent")
        self.assertEqual((response.status, text), (404, b""))
        self.fails("NoSuchKey", 404, self.s3.get_object, Bucket="media", Key="absent")
        self.fails("404", 404, self.s3.head_object, Bucket="media", Key="absent")

    def test_overrides(self):
        self.s3.put_object(Bucket="media", Key="o", Body=b"hello", ContentType="text/plain")
        params = {
            "Bucket": "media",
            "Key": "o",
            "ResponseContentDisposition": 'attachment; filename="a b.txt"',
            "ResponseContentType": "application/x-test",
            "ResponseCacheControl": "max-age=1",
        }
        answer = urllib.request.urlopen(self.s3.generate_presigned_url("get_object", Params=params))
        self.assertEqual(answer.headers["content-disposition"], 'attachment; filename="a b.txt"')
        self.assertEqual(answer.headers["content-type"], "application/x-test")
        self.assertEqual(answer.headers["cache-control"], "max-age=1")
        self.assertEqual(answer.read(), b"hello")
        self.assertEqual(self.s3.head_object(**params)["ContentType"], "application/x-test")

    def test_ranges(self):
        body = bytes(range(256)) * 4096
        self.s3.put_object(Bucket="media", Key="r", Body=body)
        for header, part in (
            ("bytes=0-0", body[:1]),
            ("bytes=10-19", body[10:20]),
            ("bytes=-5", body[-5:]),
            ("bytes=1000000-", body[1000000:]),
            ("bytes=5-99999999", body[5:]),
        ):
            answer = self.s3.get_object(Bucket="media", Key="r", Range=header)
            self.assertEqual(answer["Body"].read(), part)
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 206)
        self.assertEqual(
            self.s3.get_object(Bucket="media", Key="r", Range="bytes=1-2")["ContentRange"], f"bytes 1-2/{len(body)}"
        )
        self.fails("InvalidRange", 416, self.s3.get_object, Bucket="media", Key="r", Range=f"bytes={len(body)}-")
        head = self.s3.head_object(Bucket="media", Key="r", Range="bytes=1-2")
        self.assertEqual((head["ContentLength"], head["ResponseMetadata"]["HTTPStatusCode"]), (2, 206))

    def test_conditions(self):
        etag = self.s3.put_object(Bucket="media", Key="c", Body=b"1")["ETag"]
        modified = self.s3.head_object(Bucket="media", Key="c")["LastModified"]
        get = {"Bucket": "media", "Key": "c"}
        self.assertEqual(self.s3.get_object(**get, IfMatch=etag)["Body"].read(), b"1")
        self.fails("PreconditionFailed", 412, self.s3.get_object, **get, IfMatch='"0"')
        self.fails("304", 304, self.s3.get_object, **get, IfNoneMatch=etag)
        self.fails("304", 304, self.s3.head_object, **get, IfNoneMatch=etag)
        self.fails("304", 304, self.s3.get_object, **get, IfModifiedSince=modified)
        self.fails("PreconditionFailed", 412, self.s3.put_object, **get, Body=b"2", IfNoneMatch="*")
        self.fails("PreconditionFailed", 412, self.s3.put_object, **get, Body=b"2", IfMatch='"0"')
        self.s3.put_object(**get, Body=b"2", IfMatch=etag)
        self.s3.put_object(Bucket="media", Key="c-new", Body=b"2", IfNoneMatch="*")

    def test_checksums(self):
        sums = {
            "ChecksumCRC32": base64.b64encode(zlib.crc32(b"hello").to_bytes(4, "big")).decode(),
            "ChecksumSHA1": base64.b64encode(hashlib.sha1(b"hello").digest()).decode(),
            "ChecksumSHA256": base64.b64encode(hashlib.sha256(b"hello").digest()).decode(),
            "ChecksumCRC32C": "mnG7TA==",
        }
        for name, value in sums.items():
            put = self.s3.put_object(Bucket="media", Key="s", Body=b"hello", **{name: value})
            self.assertEqual(put[name], value)
            head = self.s3.head_object(Bucket="media", Key="s", ChecksumMode="ENABLED")
            self.assertEqual((head[name], head["ChecksumType"]), (value, "FULL_OBJECT"))
            self.assertEqual(
                self.s3.get_object(Bucket="media", Key="s", ChecksumMode="ENABLED")["Body"].read(), b"hello"
            )
            self.fails("BadDigest", 400, self.s3.put_object, Bucket="media", Key="s", Body=b"other", **{name: value})
        self.assertNotIn("ChecksumCRC32C", self.s3.head_object(Bucket="media", Key="s"))
        md5 = base64.b64encode(hashlib.md5(b"hello").digest()).decode()
        self.s3.put_object(Bucket="media", Key="s", Body=b"hello", ContentMD5=md5)
        self.fails("BadDigest", 400, self.s3.put_object, Bucket="media", Key="s", Body=b"x", ContentMD5=md5)
        self.fails("InvalidDigest", 400, self.s3.put_object, Bucket="media", Key="s", Body=b"x", ContentMD5="x")
        self.assertEqual(self.s3.get_object(Bucket="media", Key="s")["Body"].read(), b"hello")
        self.assert_no_temporary_files()

    def trailer(self, value, body=b"hello"):
        chunked = f"{len(body):x}\r\n".encode() + body + f"\r\n0\r\nx-amz-checksum-crc32:{value}\r\n\r\n".encode()
        request = AWSRequest(
            "PUT",
            self.server.url + "/media/t",
            data=chunked,
            headers={
                "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                "x-amz-trailer": "x-amz-checksum-crc32",
                "x-amz-decoded-content-length": str(len(body)),
                "Content-Encoding": "aws-chunked",
                "Content-Length": str(len(chunked)),
            },
        )
        auth = S3SigV4Auth(Credentials(self.server.key_id, self.server.secret), "s3", REGION)
        auth.payload = lambda _: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        auth.add_auth(request)
        return self.server.raw("PUT", "/media/t", dict(request.headers), chunked)

    def test_trailing_checksum(self):
        right = base64.b64encode(zlib.crc32(b"hello").to_bytes(4, "big")).decode()
        response, text = self.trailer(right)
        self.assertEqual(response.status, 200, text)
        head = self.s3.head_object(Bucket="media", Key="t", ChecksumMode="ENABLED")
        self.assertEqual((head["ChecksumCRC32"], head["ContentLength"]), (right, 5))
        self.assertNotIn("ContentEncoding", head)
        response, text = self.trailer("AAAAAA==")
        self.assertEqual(response.status, 400)
        self.assertIn(b"<Code>BadDigest</Code>", text)

    def test_altered_body(self):
        digest = hashlib.sha256(b"hello").hexdigest()
        request = AWSRequest(
            "PUT", self.server.url + "/media/x", data=b"hello", headers={"x-amz-content-sha256": digest}
        )
        S3SigV4Auth(Credentials(self.server.key_id, self.server.secret), "s3", REGION).add_auth(request)
        response, text = self.server.raw("PUT", "/media/x", dict(request.headers), b"HELLO")
        self.assertEqual(response.status, 400)
        self.assertIn(b"<Code>XAmzContentSHA256Mismatch</Code>", text)
        self.fails("404", 404, self.s3.head_object, Bucket="media", Key="x")
        self.assert_no_temporary_files()

    def test_broken_upload_leaves_nothing(self):
        url = self.s3.generate_presigned_url("put_object", Params={"Bucket": "media", "Key": "broken"})
        parts = urllib.parse.urlsplit(url)
        with socket.create_connection(("127.0.0.1", self.server.port)) as connection:
            head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 9000000\r\n\r\n"
            connection.sendall(head.encode() + b"x" * 3_000_000)
        for _ in range(100):
            if not self.temporary_files():
                break
            threading.Event().wait(0.05)
        self.assert_no_temporary_files()
        self.fails("404", 404, self.s3.head_object, Bucket="media", Key="broken")

    def temporary_files(self):
        return [path for path in pathlib.Path(self.dir).rglob(".tmp-*")]

    def assert_no_temporary_files(self):
        self.assertEqual(self.temporary_files(), [])

    def test_multipart(self):
        bucket = self.new_bucket()
        key, other = "multi/a+b \U0001f600", "other"
        upload = self.s3.create_multipart_upload(Bucket=bucket, Key=key, ContentType="text/plain", Metadata={"m": "1"})[
            "UploadId"
        ]
        second = self.s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        third = self.s3.create_multipart_upload(Bucket=bucket, Key=other)["UploadId"]
        listed = self.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
        self.assertEqual(
            [(item["Key"], item["UploadId"]) for item in listed], [(key, upload), (key, second), (other, third)]
        )
        paged, marker = [], {}
        while True:
            page = self.s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1, **marker)
            paged += [item["UploadId"] for item in page["Uploads"]]
            if not page["IsTruncated"]:
                break
            marker = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}
        self.assertEqual(paged, [upload, second, third])
        page = self.s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
        self.assertEqual([item["Prefix"] for item in page["CommonPrefixes"]], ["multi/"])
        self.assertEqual([item["Key"] for item in page["Uploads"]], [other])

        part = {"Bucket": bucket, "Key": key, "UploadId": upload}
        bodies = {1: b"a" * (5 * MIB), 2: b"b" * (5 * MIB + 1), 3: b"c"}
        self.s3.upload_part(**part, PartNumber=2, Body=b"replaced")
        etags = {n: self.s3.upload_part(**part, PartNumber=n, Body=body)["ETag"] for n, body in bodies.items()}
        parts = self.s3.list_parts(**part)
        self.assertEqual(
            [(p["PartNumber"], p["ETag"], p["Size"]) for p in parts["Parts"]],
            [(n, etags[n], len(bodies[n])) for n in bodies],
        )
        self.assertEqual(parts["Parts"][2]["ETag"], f'"{hashlib.md5(b"c").hexdigest()}"')
        page = self.s3.list_parts(**part, MaxParts=2)
        self.assertEqual((page["IsTruncated"], page["NextPartNumberMarker"]), (True, 2))
        page = self.s3.list_parts(**part, MaxParts=2, PartNumberMarker=2)
        self.assertEqual([p["PartNumber"] for p in page["Parts"]], [3])

        def complete(numbers, **change):
            named = [{"PartNumber": n, "ETag": change.get("etag", etags[n])} for n in numbers]
            return self.s3.complete_multipart_upload(**part, MultipartUpload={"Parts": named})

        self.fails("InvalidPartOrder", 400, complete, [2, 1])
        self.fails("InvalidPart", 400, complete, [1], etag='"0"')
        done = complete([1, 2, 3])
        digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies.values())).hexdigest()
        self.assertEqual(done["ETag"], f'"{digest}-3"')
        answer = self.s3.get_object(Bucket=bucket, Key=key)
        self.assertEqual(answer["Body"].read(), b"".join(bodies.values()))
        self.assertEqual((answer["ContentType"], answer["Metadata"]), ("text/plain", {"m": "1"}))
        answer = self.s3.get_object(Bucket=bucket, Key=key, PartNumber=2)
        self.assertEqual((answer["Body"].read(), answer["PartsCount"]), (bodies[2], 3))
        self.fails("NoSuchUpload", 404, complete, [1, 2, 3])
        self.fails("NoSuchUpload", 404, self.s3.list_parts, **part)

        small = {"Bucket": bucket, "Key": key, "UploadId": second}
        first = self.s3.upload_part(**small, PartNumber=1, Body=b"x")["ETag"]
        last = self.s3.upload_part_copy(
            **small, PartNumber=10000, CopySource={"Bucket": bucket, "Key": key}, CopySourceRange="bytes=0-9"
        )
        named = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 10000, "ETag": last["CopyPartResult"]["ETag"]}]
        self.fails("EntityTooSmall", 400, self.s3.complete_multipart_upload, **small, MultipartUpload={"Parts": named})
        self.fails("InvalidArgument", 400, self.s3.upload_part, **small, PartNumber=10001, Body=b"x")
        self.s3.abort_multipart_upload(**small)
        self.fails("NoSuchUpload", 404, self.s3.abort_multipart_upload, **small)
        self.fails("NoSuchUpload", 404, self.s3.upload_part, **small, PartNumber=1, Body=b"x")
        self.assertEqual([u["UploadId"] for u in self.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]], [third])
        self.s3.abort_multipart_upload(Bucket=bucket, Key=other, UploadId=third)
        self.assertNotIn("Uploads", self.s3.list_multipart_uploads(Bucket=bucket))
        self.assert_no_temporary_files()

    def test_multipart_checksums(self):
        body = os.urandom(5 * MIB + 10)
        for algorithm, kind in (("CRC32", None), ("SHA256", None), ("CRC32", "FULL_OBJECT")):
            extra = {"ChecksumType": kind} if kind else {}
            upload = self.s3.create_multipart_upload(Bucket="media", Key="mc", ChecksumAlgorithm=algorithm, **extra)[
                "UploadId"
            ]
            part = {"Bucket": "media", "Key": "mc", "UploadId": upload}
            field = f"Checksum{algorithm}"
            named = []
            for number, piece in ((1, body[: 5 * MIB]), (2, body[5 * MIB :])):
                answer = self.s3.upload_part(**part, PartNumber=number, Body=piece, ChecksumAlgorithm=algorithm)
                named.append({"PartNumber": number, "ETag": answer["ETag"], field: answer[field]})
            done = self.s3.complete_multipart_upload(**part, MultipartUpload={"Parts": named})
            if kind:
                expected = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
                self.assertEqual(done["ChecksumType"], "FULL_OBJECT")
            else:
                raw = b"".join(base64.b64decode(item[field]) for item in named)
                digest = zlib.crc32(raw).to_bytes(4, "big") if algorithm == "CRC32" else hashlib.sha256(raw).digest()
                expected = base64.b64encode(digest).decode() + "-2"
                self.assertEqual(done["ChecksumType"], "COMPOSITE")
            self.assertEqual(done[field], expected)
            self.assertEqual(self.s3.get_object(Bucket="media", Key="mc", ChecksumMode="ENABLED")["Body"].read(), body)

    def test_wrong_credentials(self):
        wrong = self.server.client(secret="wrong")
        self.fails("SignatureDoesNotMatch", 403, wrong.list_buckets)
        self.fails("SignatureDoesNotMatch", 403, wrong.put_object, Bucket="media", Key="k", Body=b"x" * MIB)
        error = self.fails("SignatureDoesNotMatch", 403, wrong.list_objects_v2, Bucket="media")
        self.assertIn("request signature we calculated", error["Message"])
        self.fails("InvalidAccessKeyId", 403, self.server.client(key_id="AKIDOTHER").list_objects_v2, Bucket="media")
        for method, path in (
            ("GET", "/"),
            ("GET", "/media/k"),
            ("PUT", "/media/k"),
            ("DELETE", "/media"),
            ("POST", "/media?delete"),
        ):
            response, text = self.server.raw(method, path)
            self.assertEqual((response.status, b"<Code>AccessDenied</Code>" in text), (403, True), text)
        url = wrong.generate_presigned_url("get_object", Params={"Bucket": "media", "Key": "k"})
        response, text = self.server.raw("GET", url.removeprefix(self.server.url))
        self.assertEqual((response.status, b"<Code>SignatureDoesNotMatch</Code>" in text), (403, True))
        response, text = self.server.raw("GET", "/media/k", {"Authorization": "AWS AKID:sig", "Date": "x"})
        self.assertEqual((response.status, b"<Code>InvalidRequest</Code>" in text), (400, True))

    def test_wrong_region(self):
        message = "The authorization header is malformed; the region 'us-east-2' is wrong; expecting 'eu-west-1'"
        other = self.server.client(region="us-east-2")
        error = self.fails("AuthorizationHeaderMalformed", 400, other.list_buckets)
        self.assertEqual((error["Message"], error["Region"]), (message, REGION))
        response, text = self.server.signed("GET", "/media?list-type=2", region="auto")
        self.assertEqual(response.status, 400)
        self.assertIn(b"<Code>AuthorizationHeaderMalformed</Code>", text)
        self.assertIn(b"the region 'auto' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region>", text)
        url = other.generate_presigned_url("get_object", Params={"Bucket": "media", "Key": "k"})
        response, text = self.server.raw("GET", url.removeprefix(self.server.url))
        self.assertEqual(response.status, 400)
        self.assertIn(b"<Code>AuthorizationQueryParametersError</Code>", text)
        self.assertIn(
            b"Error parsing the X-Amz-Credential parameter; the region 'us-east-2' is wrong; expecting 'eu-west-1'",
            text,
        )
        # boto3 reads the region from the error and signs again.
        self.assertEqual(other.list_objects_v2(Bucket="media")["Name"], "media")

    def test_refused_senders_get_the_answer(self):
        body = b"x" * (20 * MIB)
        for client, code in (
            (self.server.client(region="us-east-2"), b"AuthorizationQueryParametersError"),
            (self.server.client(secret="wrong"), b"SignatureDoesNotMatch"),
            (self.server.client(key_id="AKIDOTHER"), b"InvalidAccessKeyId"),
        ):
            url = client.generate_presigned_url("put_object", Params={"Bucket": "media", "Key": "k"})
            response, text = self.server.raw("PUT", url.removeprefix(self.server.url), {}, body)
            self.assertIn(response.status, (400, 403))
            self.assertIn(b"<Code>" + code, text)

    def test_presigned(self):
        params = {"Bucket": "media", "Key": "pre/a+b c"}
        url = self.s3.generate_presigned_url("put_object", Params={**params, "ContentType": "text/x"}, ExpiresIn=60)
        request = urllib.request.Request(url, data=b"by url", method="PUT", headers={"Content-Type": "text/x"})
        self.assertEqual(urllib.request.urlopen(request).status, 200)
        url = self.s3.generate_presigned_url("get_object", Params=params, ExpiresIn=60)
        answer = urllib.request.urlopen(url)
        self.assertEqual((answer.read(), answer.headers["content-type"]), (b"by url", "text/x"))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url.replace("pre/", "other/"))
        self.assertEqual(caught.exception.code, 403)
        caught.exception.close()
        digest = base64.b64encode(hashlib.sha256(b"by url").digest()).decode()
        url = self.s3.generate_presigned_url("put_object", Params={**params, "ChecksumSHA256": digest})
        for body, status in ((b"by url", 200), (b"altered", 400)):
            response, text = self.server.raw(
                "PUT", url.removeprefix(self.server.url), {"x-amz-checksum-sha256": digest}, body
            )
            self.assertEqual(response.status, status, text)

    def test_delete_many(self):
        bucket = self.new_bucket()
        for key in ("1", "2", "3"):
            self.s3.put_object(Bucket=bucket, Key=key, Body=b"")
        answer = self.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "1"}, {"Key": "absent"}]})
        self.assertEqual([item["Key"] for item in answer["Deleted"]], ["1", "absent"])
        answer = self.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "2"}], "Quiet": True})
        self.assertNotIn("Deleted", answer)
        self.assertEqual(self.keys(bucket)[0], ["3"])
        self.s3.delete_object(Bucket=bucket, Key="absent")

    def test_copy(self):
        self.s3.put_object(Bucket="media", Key="from", Body=b"hello", ContentType="text/plain", Metadata={"a": "1"})
        source = {"Bucket": "media", "Key": "from"}
        result = self.s3.copy_object(Bucket="second", Key="to", CopySource=source)["CopyObjectResult"]
        self.assertEqual(result["ETag"], '"5d41402abc4b2a76b9719d911017c592"')
        answer = self.s3.get_object(Bucket="second", Key="to")
        self.assertEqual(
            (answer["Body"].read(), answer["ContentType"], answer["Metadata"]), (b"hello", "text/plain", {"a": "1"})
        )
        self.s3.copy_object(
            Bucket="media", Key="from", CopySource=source, MetadataDirective="REPLACE", Metadata={"b": "2"}
        )
        self.assertEqual(self.s3.head_object(**source)["Metadata"], {"b": "2"})
        self.fails("InvalidRequest", 400, self.s3.copy_object, Bucket="media", Key="from", CopySource=source)
        self.fails(
            "NoSuchKey",
            404,
            self.s3.copy_object,
            Bucket="media",
            Key="x",
            CopySource={"Bucket": "media", "Key": "absent"},
        )
        self.fails(
            "NoSuchBucket",
            404,
            self.s3.copy_object,
            Bucket="media",
            Key="x",
            CopySource={"Bucket": "absent", "Key": "k"},
        )
        self.fails(
            "PreconditionFailed",
            412,
            self.s3.copy_object,
            Bucket="media",
            Key="x",
            CopySource=source,
            CopySourceIfMatch='"0"',
        )

    def test_refusals(self):
        self.fails("KeyTooLongError", 400, self.s3.put_object, Bucket="media", Key="k" * 1025, Body=b"")
        self.fails("KeyTooLongError", 400, self.s3.put_object, Bucket="media", Key="\u00fc" * 513, Body=b"")
        self.fails("NotImplemented", 501, self.s3.put_object, Bucket="media", Key="k", Body=b"", Tagging="a=b")
        self.fails(
            "NotImplemented", 501, self.s3.put_object, Bucket="media", Key="k", Body=b"", ServerSideEncryption="aws:kms"
        )
        self.fails(
            "MetadataTooLarge", 400, self.s3.put_object, Bucket="media", Key="k", Body=b"", Metadata={"a": "v" * 2048}
        )
        self.fails("NotImplemented", 501, self.s3.get_bucket_policy, Bucket="media")
        self.fails("InvalidArgument", 400, self.s3.get_object, Bucket="media", Key="k", VersionId="1")
        response, text = self.server.raw(
            "POST", "/media", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--"
        )
        self.assertEqual(response.status, 400, text)

    def test_malformed_requests(self):
        upload = self.s3.create_multipart_upload(Bucket="media", Key="m")["UploadId"]
        self.s3.put_object(Bucket="media", Key="empty", Body=b"")
        for method, path, headers, body, status in (
            ("GET", "/media?list-type=2&max-keys=-1", {}, b"", 400),
            ("GET", "/media?list-type=2&max-keys=99999999999", {}, b"", 400),
            ("GET", "/media?list-type=2&encoding-type=x", {}, b"", 400),
            ("GET", "/media?max-uploads=-1&uploads=", {}, b"", 400),
            ("GET", f"/media/m?max-parts=-1&uploadId={upload}", {}, b"", 400),
            ("GET", f"/media/m?part-number-marker=-5&uploadId={upload}", {}, b"", 200),
            ("GET", "/media/m?uploadId=..%2F..", {}, b"", 404),
            ("PUT", f"/media/m?partNumber=0&uploadId={upload}", {}, b"x", 400),
            ("PUT", f"/media/m?partNumber=x&uploadId={upload}", {}, b"x", 400),
            ("PUT", "/media/m?partNumber=1&uploadId=..%2F..%2Fobjects", {}, b"x", 404),
            ("POST", f"/media/m?uploadId={upload}", {}, b"<not xml", 400),
            ("POST", f"/media/m?uploadId={upload}", {}, b"<CompleteMultipartUpload></CompleteMultipartUpload>", 400),
            (
                "POST",
                f"/media/m?uploadId={upload}",
                {},
                b"<CompleteMultipartUpload><Part><PartNumber>-1</PartNumber>"
                b"<ETag>x</ETag></Part></CompleteMultipartUpload>",
                400,
            ),
            ("POST", "/media?delete=", {}, b"<Delete></Delete>", 400),
            ("POST", "/media?delete=", {}, b"\xff\xfe", 400),
            ("GET", "/media/empty", {"Range": "bytes=-1"}, b"", 416),
            ("GET", "/media/empty", {"Range": "bytes=0-0"}, b"", 416),
            ("GET", "/media/empty?partNumber=-1", {}, b"", 416),
            ("GET", "/media/empty?partNumber=-2147483648", {}, b"", 416),
            ("GET", "/media/empty?partNumber=1", {}, b"", 200),
            ("GET", "/media/%ff", {}, b"", 400),
            ("PUT", "/media/k", {"x-amz-copy-source": "%ff"}, b"", 400),
            ("PUT", "/media/k", {"x-amz-copy-source": "media/empty", "x-amz-checksum-algorithm": "MD4"}, b"", 400),
            ("PUT", "/media/k", {"x-amz-checksum-crc32": "zz"}, b"", 400),
            ("PUT", "/media/k", {"x-amz-trailer": "x-amz-checksum-crc32"}, b"", 400),
            ("PATCH", "/media/k", {}, b"", 405),
            ("DELETE", "/", {}, b"", 405),
        ):
            with self.subTest(method=method, path=path, headers=headers):
                response, text = self.server.signed(method, path, headers, body)
                expected = (status,) if status != 405 else (405, 501)
                self.assertIn(response.status, expected, text)
        for line in (
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
            b"OPTIONS * HTTP/1.1\r\n\r\n",
            b"GET http://[::1/ HTTP/1.1\r\n\r\n",
            b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
            b"GET /?X-Amz-Signature HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: AWS4-HMAC-SHA256\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", self.server.port)) as connection:
                connection.settimeout(2)
                connection.sendall(line)
                try:
                    connection.recv(4096)
                except (TimeoutError, ConnectionError):
                    pass
        self.s3.abort_multipart_upload(Bucket="media", Key="m", UploadId=upload)

    def test_cors(self):
        response, _ = self.server.raw(
            "OPTIONS",
            "/media/k?x=y",
            {
                "Origin": "https://app.example",
                "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "content-type,x-amz-checksum-sha256",
            },
        )
        self.assertEqual(response.status, 200)
        self.assertEqual(response.headers["access-control-allow-origin"], "https://app.example")
        self.assertEqual(response.headers["access-control-allow-methods"], "GET, PUT, HEAD, POST, DELETE")
        self.assertEqual(response.headers["access-control-allow-headers"], "content-type,x-amz-checksum-sha256")
        self.assertIn("ETag", response.headers["access-control-expose-headers"])
        url = self.s3.generate_presigned_url("put_object", Params={"Bucket": "media", "Key": "cors"})
        for path, status in ((url.removeprefix(self.server.url), 200), ("/media/cors", 403)):
            response, _ = self.server.raw("PUT", path, {"Origin": "https://app.example"}, b"x")
            self.assertEqual(response.status, status)
            self.assertEqual(response.headers["access-control-allow-origin"], "https://app.example")
            self.assertIn("ETag, x-amz-*, ", response.headers["access-control-expose-headers"])
        response, _ = self.server.raw("OPTIONS", "/")
        self.assertEqual(response.status, 400)

    def test_virtual_hosted_style(self):
        client = self.server.client(url=f"http://localhost:{self.server.port}", style="virtual")
        url = client.generate_presigned_url("put_object", Params={"Bucket": "media", "Key": "vh/a+b"})
        parts = urllib.parse.urlsplit(url)
        self.assertEqual(parts.netloc, f"media.localhost:{self.server.port}")
        response, text = self.server.raw("PUT", f"{parts.path}?{parts.query}", {"Host": parts.netloc}, b"vh")
        self.assertEqual(response.status, 200, text)
        self.assertEqual(self.s3.get_object(Bucket="media", Key="vh/a+b")["Body"].read(), b"vh")

    def test_concurrent_writers(self):
        bodies = [bytes([65 + n]) * 200_000 for n in range(4)]
        broken = []

        def write(body):
            client = self.server.client()
            for _ in range(10):
                client.put_object(Bucket="media", Key="race", Body=body)
                if client.get_object(Bucket="media", Key="race")["Body"].read() not in bodies:
                    broken.append(body[:1])

        threads = [threading.Thread(target=write, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(broken, [])

    def test_large_uploads_take_little_memory(self):
        before = self.server.memory_kib("VmRSS")
        body = os.urandom(MIB) * 64
        digest = hashlib.md5(body).hexdigest()
        self.assertEqual(self.s3.put_object(Bucket="media", Key="large", Body=body)["ETag"], f'"{digest}"')
        single = self.server.memory_kib("VmHWM")
        config = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=4)
        self.s3.upload_fileobj(io.BytesIO(body), "media", "large-multi", Config=config)
        self.assertTrue(self.s3.head_object(Bucket="media", Key="large-multi")["ETag"].endswith('-8"'))
        for key in ("large", "large-multi"):
            read = hashlib.md5()
            for piece in self.s3.get_object(Bucket="media", Key=key)["Body"].iter_chunks(MIB):
                read.update(piece)
            self.assertEqual(read.hexdigest(), digest)
        peak = self.server.memory_kib("VmHWM")
        print(f"\nRSS before {before} KiB; peak after a 64 MiB put {single} KiB; after multipart and reads {peak} KiB")
        self.assertLess(peak, 48 * 1024)


class RestartTest(unittest.TestCase):
    def test_restart_keeps_everything(self):
        with tempfile.TemporaryDirectory(prefix="store-e2e-") as directory:
            server = Server(directory)
            s3 = server.client()
            for key in ODD_KEYS:
                s3.put_object(Bucket="media", Key=key, Body=key.encode(), Metadata={"m": "1"})
            upload = s3.create_multipart_upload(Bucket="media", Key="later")["UploadId"]
            etag = s3.upload_part(Bucket="media", Key="later", UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
            s3.create_bucket(Bucket="made", CreateBucketConfiguration={"LocationConstraint": REGION})
            refused = subprocess.run(
                [BIN, "store", "--data", directory, "--region", REGION], capture_output=True, text=True, timeout=10
            )
            self.assertEqual(refused.returncode, 1)
            self.assertNotIn(server.secret, refused.stderr + refused.stdout)
            server.process.kill()
            server.process.wait()
            server.process.stdout.close()
            server.errors.close()
            stale = pathlib.Path(directory, "buckets", "media", "objects", ".tmp-stale")
            stale.write_bytes(b"half")

            server = Server(directory)
            s3 = server.client()
            self.assertFalse(stale.exists())
            listed = [item["Key"] for item in s3.list_objects_v2(Bucket="media")["Contents"]]
            self.assertEqual(listed, sorted(ODD_KEYS, key=str.encode))
            for key in ODD_KEYS:
                answer = s3.get_object(Bucket="media", Key=key)
                self.assertEqual((answer["Body"].read(), answer["Metadata"]), (key.encode(), {"m": "1"}))
            s3.head_bucket(Bucket="made")
            s3.complete_multipart_upload(
                Bucket="media",
                Key="later",
                UploadId=upload,
                MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]},
            )
            self.assertEqual(s3.get_object(Bucket="media", Key="later")["Body"].read(), b"part")
            self.assertEqual(server.stop(), 0)

    def test_region_auto(self):
        with tempfile.TemporaryDirectory(prefix="store-e2e-") as directory:
            server = Server(directory, region="auto")
            server.client(region="auto").put_object(Bucket="media", Key="k", Body=b"x")
            response, text = server.signed("GET", "/media", region="us-east-1")
            self.assertEqual(response.status, 400)
            self.assertIn(b"the region 'us-east-1' is wrong; expecting 'auto'", text)
            self.assertEqual(server.stop(), 0)

    def test_shutdown_waits_for_a_request(self):
        with tempfile.TemporaryDirectory(prefix="store-e2e-") as directory:
            server = Server(directory)
            url = server.client().generate_presigned_url("put_object", Params={"Bucket": "media", "Key": "slow"})
            parts = urllib.parse.urlsplit(url)
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 4\r\n\r\n"
                connection.sendall(head.encode() + b"sl")
                threading.Event().wait(0.3)
                server.process.send_signal(signal.SIGTERM)
                threading.Event().wait(0.5)
                connection.sendall(b"ow")
                self.assertIn(b"200 OK", connection.recv(4096))
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
