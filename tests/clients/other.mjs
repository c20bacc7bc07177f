// Other people's clients in this process: the AWS SDK for JavaScript and the Azure SDK behind the same few calls.
import { npmModule } from "../harness.mjs";

/** A client that is not ours, for `store`. */
export function other(store) {
  return store.azure ? azure(store) : s3(store);
}

function s3(store) {
  const aws = npmModule("@aws-sdk/client-s3");
  const { endpoint, region, bucket: Bucket } = store;
  const s3 = new aws.S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: store.keyId, secretAccessKey: store.secret },
    // As Langfuse sets them.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const listed = async (Prefix) => {
    const keys = [];
    for await (const page of aws.paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
      keys.push(...(page.Contents ?? []).map((o) => o.Key));
    return keys;
  };
  return {
    async put(Key, Body, ContentType) {
      await s3.send(new aws.PutObjectCommand({ Bucket, Key, Body, ContentType }));
    },
    async get(Key) {
      const answer = await s3.send(new aws.GetObjectCommand({ Bucket, Key }));
      return { body: Buffer.from(await answer.Body.transformToByteArray()), type: answer.ContentType };
    },
    list: (prefix = "") => listed(prefix),
    /** Leaves an upload with one part behind. */
    async begin(Key) {
      const { UploadId } = await s3.send(new aws.CreateMultipartUploadCommand({ Bucket, Key }));
      await s3.send(
        new aws.UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.alloc(5 << 20, 1) }),
      );
    },
    /** Keys of unfinished uploads. MinIO lists them only under a prefix that is a whole key. */
    async uploads(key) {
      const answer = await s3.send(new aws.ListMultipartUploadsCommand({ Bucket, Prefix: key }));
      return (answer.Uploads ?? []).map((u) => u.Key);
    },
    async parts(Key) {
      const { Uploads } = await s3.send(new aws.ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
      const UploadId = (Uploads ?? [])[0]?.UploadId;
      if (UploadId === undefined) return [];
      const { Parts } = await s3.send(new aws.ListPartsCommand({ Bucket, Key, UploadId }));
      return (Parts ?? []).map((p) => p.PartNumber);
    },
  };
}

function azure(store) {
  const { container } = store;
  return {
    async put(key, body, blobContentType) {
      await container.getBlockBlobClient(key).upload(body, body.length, { blobHTTPHeaders: { blobContentType } });
    },
    async get(key) {
      const answer = await container.getBlobClient(key).download();
      const pieces = [];
      for await (const piece of answer.readableStreamBody) pieces.push(piece);
      return { body: Buffer.concat(pieces), type: answer.contentType };
    },
    async list(prefix = "") {
      const keys = [];
      for await (const blob of container.listBlobsFlat({ prefix })) keys.push(blob.name);
      return keys;
    },
    async begin(key) {
      await container
        .getBlockBlobClient(key)
        .stageBlock(Buffer.from("000001").toString("base64"), Buffer.alloc(5 << 20, 1), 5 << 20);
    },
    async uploads(key) {
      const keys = [];
      for await (const blob of container.listBlobsFlat({ prefix: key, includeUncommitedBlobs: true })) {
        const list = await container
          .getBlockBlobClient(blob.name)
          .getBlockList("uncommitted")
          .catch(() => ({ uncommittedBlocks: [] }));
        if ((list.uncommittedBlocks ?? []).length > 0) keys.push(blob.name);
      }
      return keys;
    },
    async parts(key) {
      const list = await container
        .getBlockBlobClient(key)
        .getBlockList("uncommitted")
        .catch(() => ({}));
      return (list.uncommittedBlocks ?? []).map((_, at) => at + 1);
    },
  };
}
