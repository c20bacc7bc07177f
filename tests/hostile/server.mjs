// A store that misbehaves on purpose: handwritten HTTP, so that it can send anything.
import { createHash } from "node:crypto";
import { createServer } from "node:net";

/** Maximum number of bytes read of a request before it is answered. */
const LONGEST = 64 << 20;

const reasons = {
  100: "Continue",
  200: "OK",
  204: "No Content",
  206: "Partial Content",
  304: "Not Modified",
  307: "Temporary Redirect",
  404: "Not Found",
};

/**
 * Answers every request with `answer(request, reply)`. A request has `method`, `path`, `query`, `headers`, `body` and its `number`,
 * counted from 1. Every connection carries one request.
 */
export async function hostile(t, answer) {
  const own = { requests: [], sockets: new Set() };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    own.sockets.add(socket);
    socket.on("close", () => own.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let read = Buffer.alloc(0);
    let begun = false;
    socket.on("data", (chunk) => {
      if (begun) return;
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf("\r\n\r\n");
      if (end < 0 || read.length > LONGEST) return;
      const [line, ...lines] = read.subarray(0, end).toString("latin1").split("\r\n");
      const headers = Object.fromEntries(
        lines.map((l) => [l.slice(0, l.indexOf(":")).toLowerCase(), l.slice(l.indexOf(":") + 1).trim()]),
      );
      const body = read.subarray(end + 4);
      if (body.length < Number(headers["content-length"] ?? 0)) return;
      begun = true;
      const [method, target] = line.split(" ");
      const url = new URL(target, "http://store");
      const request = {
        method,
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        headers,
        body,
        number: own.requests.length + 1,
      };
      own.requests.push(request);
      answer(request, replies(socket), own);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        own.sockets.forEach((socket) => socket.destroy());
        server.close(resolve);
      }),
  );
  own.endpoint = `http://127.0.0.1:${server.address().port}`;
  return own;
}

/** The responses that a connection can send. */
function replies(socket) {
  const head = (status, headers, version = "1.1") =>
    `HTTP/${version} ${status} ${reasons[status] ?? "Status"}\r\n` +
    Object.entries(headers)
      .flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}\r\n`))
      .join("") +
    "\r\n";
  const reply = {
    socket,
    /** A response with its length, unless `headers` override that; then closes the connection. */
    send(status, headers = {}, body = "", { then = "end" } = {}) {
      const bytes = Buffer.from(body);
      const named = Object.keys(headers).some((name) =>
        ["content-length", "transfer-encoding", "x-no-length"].includes(name.toLowerCase()),
      );
      const all = { connection: "close", ...(named ? {} : { "content-length": bytes.length }), ...headers };
      delete all["x-no-length"];
      socket.write(Buffer.concat([Buffer.from(head(status, all), "latin1"), bytes]));
      if (then === "end") socket.end();
      if (then === "reset") setTimeout(() => socket.resetAndDestroy(), 50);
    },
    xml: (status, body, headers = {}) =>
      reply.send(status, { "content-type": "application/xml", "x-amz-request-id": "HOSTILE1", ...headers }, body),
    refuse: (status, code, message = "no") =>
      reply.xml(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`),
    raw(bytes, { then = "end" } = {}) {
      socket.write(bytes);
      if (then === "end") socket.end();
      if (then === "reset") setTimeout(() => socket.resetAndDestroy(), 50);
    },
    /** Sends `piece` repeatedly, until the other side disconnects or `most` bytes are sent. */
    forever(piece, most = Infinity) {
      let out = 0;
      const more = () => {
        while (!socket.destroyed && out < most) {
          out += piece.length;
          if (!socket.write(piece)) return socket.once("drain", more);
        }
        if (!socket.destroyed) socket.end();
      };
      more();
    },
  };
  return reply;
}

export const chunked = (...pieces) =>
  pieces.map((p) => `${Buffer.byteLength(p).toString(16)}\r\n${p}\r\n`).join("") + "0\r\n\r\n";

/** A page of ListObjectsV2. */
export const page = (keys, token, { size = 1, inside = "", modified = "2026-01-01T00:00:00.000Z" } = {}) =>
  `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${token !== undefined}</IsTruncated>` +
  (token === undefined ? "" : `<NextContinuationToken>${token}</NextContinuationToken>`) +
  inside +
  keys
    .map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>"e"</ETag><Size>${size}</Size></Contents>`,
    )
    .join("") +
  "</ListBucketResult>";

/** A page of ListMultipartUploads. */
export const uploads = (keys, marker) =>
  `<ListMultipartUploadsResult><IsTruncated>${marker !== undefined}</IsTruncated>` +
  (marker === undefined ? "" : `<NextKeyMarker>${marker}</NextKeyMarker><NextUploadIdMarker>id</NextUploadIdMarker>`) +
  keys.map((key) => `<Upload><Key>${key}</Key><UploadId>id-${key}</UploadId></Upload>`).join("") +
  "</ListMultipartUploadsResult>";

/** A page of List Blobs. */
export const blobs = (keys, marker = "") =>
  `<?xml version="1.0"?><EnumerationResults><Blobs>` +
  keys
    .map((key) => `<Blob><Name>${key}</Name><Properties><Content-Length>1</Content-Length></Properties></Blob>`)
    .join("") +
  `</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`;

const md5 = (...pieces) => pieces.reduce((hash, piece) => hash.update(piece), createHash("md5"));

/** An S3 store for one upload that works, unless `lie(request, reply, state)` answers first and returns true. */
export function honest(lie = () => false) {
  const state = { parts: new Map(), object: null, upload: null, begun: 0 };
  const answer = (request, reply) => {
    if (lie(request, reply, state)) return;
    const { method, query, body } = request;
    if (method === "POST" && query.has("uploads")) {
      state.begun += 1;
      state.upload = `upload-${state.begun}`;
      state.parts.clear();
      reply.xml(
        200,
        `<InitiateMultipartUploadResult><UploadId>${state.upload}</UploadId></InitiateMultipartUploadResult>`,
      );
    } else if (method === "PUT" && query.has("partNumber")) {
      const etag = `"${md5(body).digest("hex")}"`;
      state.parts.set(Number(query.get("partNumber")), { etag, size: body.length });
      reply.send(200, { etag });
    } else if (method === "GET" && query.has("uploadId")) {
      if (query.get("uploadId") !== state.upload) return reply.refuse(404, "NoSuchUpload");
      const parts = [...state.parts].sort(([a], [b]) => a - b);
      const listed = parts.map(
        ([n, p]) => `<Part><PartNumber>${n}</PartNumber><ETag>${p.etag}</ETag><Size>${p.size}</Size></Part>`,
      );
      reply.xml(200, `<ListPartsResult><IsTruncated>false</IsTruncated>${listed.join("")}</ListPartsResult>`);
    } else if (method === "POST" && query.has("uploadId")) {
      const parts = [...state.parts].sort(([a], [b]) => a - b).map(([, p]) => Buffer.from(p.etag.slice(1, -1), "hex"));
      state.object = `"${md5(...parts).digest("hex")}-${parts.length}"`;
      state.upload = null;
      reply.xml(200, `<CompleteMultipartUploadResult><ETag>${state.object}</ETag></CompleteMultipartUploadResult>`);
    } else if (method === "DELETE") {
      state.upload = null;
      reply.send(204, { "content-length": 0 });
    } else if (method === "HEAD") {
      if (state.object === null) reply.send(404, { "content-length": 0 });
      else reply.send(200, { etag: state.object, "content-length": 1 });
    } else if (method === "PUT") {
      state.object = `"${md5(body).digest("hex")}"`;
      reply.send(200, { etag: state.object });
    } else {
      reply.refuse(400, "Unheard");
    }
  };
  return { state, answer };
}
