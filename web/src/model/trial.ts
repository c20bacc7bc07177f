// An upload and a download through presigned URLs, from the page: what Langfuse's web UI and SDKs in browsers do.
import { core, type Connection } from "../core";

export type Step = "put" | "get" | "delete";

/** The result of a step. `opaque`: the browser doesn't let the page read the response. */
export type Outcome =
  | { how: "done" }
  | { how: "refused"; status: number; code: string | null; message: string | null }
  | { how: "opaque"; reachable: boolean }
  | { how: "differs" };

export interface Trial {
  key: string;
  origin: string;
  steps: Partial<Record<Step, Outcome>>;
}

/** A presigned URL that uploads a small text file to `key`, valid for 15 minutes, and what to send to it. */
export function uploadLink(
  connection: Connection,
  key: string,
): { url: string; headers: Record<string, string>; body: string } {
  const url = core.presign({ op: "put", key, contentType: "text/plain", expiresIn: 900, ...connection });
  return { url, headers: { "Content-Type": "text/plain" }, body: "langfuse-blob: a test object, safe to delete\n" };
}

/** The key of a test object. */
export function testKey(connection: Connection): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
  return `${connection.prefix}langfuse-blob-wizard/${random}.txt`;
}

/** Whether the browser would block the request: plain http from an https page. */
export function isMixed(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  const here = hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
  return location.protocol === "https:" && protocol === "http:" && !here;
}

/** Uploads, downloads and deletes a test object. Calls `show` after each step. */
export async function runTrial(
  connection: Connection,
  key: string,
  signal: AbortSignal,
  show: (trial: Trial) => void,
): Promise<Trial> {
  const { url, headers, body } = uploadLink(connection, key);
  const origin = new URL(url).origin;
  const trial: Trial = { key, origin, steps: {} };
  const note = (step: Step, outcome: Outcome) => {
    trial.steps[step] = outcome;
    show({ ...trial, steps: { ...trial.steps } });
    return outcome.how === "done";
  };
  const plain: RequestInit = { signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };
  const put = await send(url, { ...plain, method: "PUT", headers, body });
  note("put", put);
  // The object may be stored even if the page can't read the response.
  const stored = put.how === "done" || put.how === "opaque";
  if (put.how === "done") {
    note("get", await send(core.presign({ op: "get", key, expiresIn: 900, ...connection }), plain, body));
  }
  if (stored && put.how !== "opaque") note("delete", await send(...remove(connection, url, plain)));
  return { ...trial };
}

function remove(connection: Connection, put: string, plain: RequestInit): [string, RequestInit] {
  const url = put.split("?", 1)[0]!;
  // An empty body's SHA-256.
  const payloadSha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const { region, accessKeyId, secretAccessKey } = connection;
  const signed = core.sign({ method: "DELETE", url, headers: {}, payloadSha256, region, accessKeyId, secretAccessKey });
  // The browser sets `Host`.
  const headers = Object.fromEntries(Object.entries(signed).filter(([name]) => name.toLowerCase() !== "host"));
  return [url, { ...plain, method: "DELETE", headers }];
}

async function send(url: string, init: RequestInit, expected?: string): Promise<Outcome> {
  let answer: Response;
  try {
    answer = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    return { how: "opaque", reachable: await isReachable(new URL(url).origin, init) };
  }
  const text = await answer.text();
  if (!answer.ok)
    return { how: "refused", status: answer.status, code: element(text, "Code"), message: element(text, "Message") };
  return expected === undefined || text === expected ? { how: "done" } : { how: "differs" };
}

/** Whether anything responds at `origin`, even if the page can't read the response. */
async function isReachable(origin: string, init: RequestInit): Promise<boolean> {
  try {
    const { signal, ...rest } = init;
    await fetch(origin, {
      ...(signal ? { signal } : {}),
      cache: "no-store",
      credentials: "omit",
      mode: "no-cors",
      referrerPolicy: rest.referrerPolicy ?? "no-referrer",
    });
    return true;
  } catch {
    return false;
  }
}

function element(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;
}

/** JavaScript that tests an upload from the console of another origin. */
export function snippet(connection: Connection, key: string): string {
  const { url, headers, body } = uploadLink(connection, key);
  return [
    `fetch(${JSON.stringify(url)}, {`,
    `  method: "PUT", headers: ${JSON.stringify(headers)}, body: ${JSON.stringify(body)},`,
    "}).then(",
    '  (answer) => console.log(answer.ok ? "Uploads from this page work." : `The store returned HTTP ${answer.status}.`),',
    '  () => console.log("The browser blocked the upload: see the error above for CORS or Content-Security-Policy."),',
    ");",
  ].join("\n");
}
