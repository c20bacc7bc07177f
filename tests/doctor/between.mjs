// Proxies between the doctor and a store that record, hold, change or answer requests, over HTTP or TLS.
import { createServer, request as ask } from "node:http";
import { createServer as createTlsServer } from "node:https";

/**
 * A proxy before `endpoint`. `change` gets the head of each request and may change it; `answer` may answer the
 * request itself (and returns true); `gate` is awaited, with the number of requests so far; `tls` is { key, cert }; `host` is the
 * address to listen on.
 */
export async function between(
  t,
  endpoint,
  { change = () => {}, answer = () => false, gate, tls, host = "127.0.0.1" } = {},
) {
  const to = new URL(endpoint);
  const seen = [];
  const server = (tls ? (f) => createTlsServer(tls, f) : createServer)((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (answer(request, response)) return;
    if (gate) gate(seen.length).then(() => passed(request, response));
    else passed(request, response);
  });
  const passed = (request, response) => {
    const on = {
      host: to.hostname === "localhost" ? "127.0.0.1" : to.hostname,
      port: to.port,
      method: request.method,
      path: request.url,
      headers: { ...request.headers },
      setHost: false,
    };
    change(on);
    const upstream = ask(on, (back) => {
      response.writeHead(back.statusCode, back.statusMessage, back.rawHeaders);
      back.pipe(response);
    });
    upstream.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(upstream);
  };
  await new Promise((resolve) => server.listen(0, host, resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  const { port } = server.address();
  return { port, seen, endpoint: `http${tls ? "s" : ""}://${host}:${port}${to.pathname.replace(/\/$/, "")}` };
}

/** Reads the request to its end, then answers. */
export function reply(request, response, status, body, headers = { "content-type": "application/xml" }) {
  request.resume();
  request.on("end", () => {
    response.writeHead(status, headers);
    response.end(body);
  });
  return true;
}

/** An error document of S3. */
export function refusal(code, message = "As the test wants it.") {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`;
}

/**
 * Holds every request until no further one comes, and lets all of them through together: `rounds` is how many times, and so
 * the longest row of requests of which each waited for the one before.
 */
export async function lockStep(t, endpoint) {
  const held = [];
  const state = { rounds: 0 };
  let timer;
  const to = new URL(endpoint);
  const release = () => {
    state.rounds += 1;
    for (const go of held.splice(0)) go();
  };
  const server = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      held.push(() => {
        const on = ask(
          {
            host: "127.0.0.1",
            port: to.port,
            method: request.method,
            path: request.url,
            headers: request.headers,
            setHost: false,
          },
          (back) => {
            response.writeHead(back.statusCode, back.statusMessage, back.rawHeaders);
            back.pipe(response);
          },
        );
        on.on("error", () => response.destroy());
        on.end(Buffer.concat(pieces));
      });
      clearTimeout(timer);
      timer = setTimeout(release, 250);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  state.endpoint = `http://127.0.0.1:${server.address().port}`;
  return state;
}
