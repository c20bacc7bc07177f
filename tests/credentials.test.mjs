// The credential chain compared with that of the AWS SDK for JavaScript, which runs inside Langfuse: both get the same
// variables and files. The container's and the instance's endpoints are mocks, because the tests don't run on ECS or EC2; STS
// is moto's.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { python, root, target } from "../scripts/tools.mjs";
import { folder, ports, until } from "./harness.mjs";

const example = join(target, "debug", "examples", process.platform === "win32" ? "credentials.exe" : "credentials");
const FAR = "2099-01-01T00:00:00Z";

function run(command, args, env) {
  return new Promise((resolve) => {
    // Without this machine's variables and files.
    const child = spawn(command, args, { env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: "true", ...env } });
    const said = { out: "", err: "" };
    child.stdout.on("data", (chunk) => (said.out += chunk));
    child.stderr.on("data", (chunk) => (said.err += chunk));
    child.once("close", (code) => resolve({ code, ...said }));
  });
}

/** What both find; fails if they differ. */
async function both(env, ...more) {
  const [own, sdk] = [
    await run(example, ["eu-central-1", ...more], env),
    await run(process.execPath, [join(root, "tests", "clients", "credentials.mjs"), "eu-central-1"], env),
  ];
  assert.equal(own.code === 0, sdk.code === 0, `ours: ${own.out}${own.err}\nthe SDK's: ${sdk.out}${sdk.err}`);
  return own.code === 0 ? { own: JSON.parse(own.out), sdk: JSON.parse(sdk.out) } : { failed: own.err };
}

async function same(env, source) {
  const { own, sdk, failed } = await both(env);
  assert.equal(failed, undefined);
  assert.equal(own.source, source);
  for (const field of ["accessKeyId", "secret", "token", "expires"]) assert.equal(own[field], sdk[field], field);
  return own;
}

function home(t, config = "", credentials = "") {
  const dir = folder(t);
  mkdirSync(join(dir, ".aws"));
  writeFileSync(join(dir, ".aws", "config"), config);
  writeFileSync(join(dir, ".aws", "credentials"), credentials);
  return dir;
}

async function standIn(t, answer) {
  const server = createServer((request, response) => answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${server.address().port}`;
}

const issued = (id) =>
  JSON.stringify({
    Code: "Success",
    Type: "AWS-HMAC",
    AccessKeyId: id,
    SecretAccessKey: `secret of ${id}`,
    Token: `token of ${id}`,
    Expiration: FAR,
  });

test("the environment, and precedence", async (t) => {
  const HOME = home(
    t,
    "",
    "[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = file\n[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = o\naws_session_token = t\n",
  );
  const pair = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "env" };
  assert.equal((await same({ HOME, ...pair }, "environment")).accessKeyId, "AKIAENV");
  await same({ HOME, ...pair, AWS_SESSION_TOKEN: "tok", AWS_CREDENTIAL_EXPIRATION: FAR }, "environment");
  await same({ HOME, AWS_ACCESS_KEY_ID: "AKIAENV" }, "profile");
  await same({ HOME }, "profile");
  await same({ HOME, AWS_PROFILE: "other" }, "profile");
  // The SDK warns about keys next to a profile; which wins depends on its version.
  assert.equal(
    (await both({ HOME, AWS_PROFILE: "other", ...pair })).own.accessKeyId,
    (await both({ HOME, AWS_PROFILE: "other", ...pair })).sdk.accessKeyId,
  );
});

test("a process, and files without credentials", async (t) => {
  const answer = JSON.stringify({
    Version: 1,
    AccessKeyId: "AKIAPROC",
    SecretAccessKey: "s",
    SessionToken: "t",
    Expiration: FAR,
  });
  const dir = folder(t);
  writeFileSync(join(dir, "answer.json"), answer);
  await same({ HOME: home(t, `[default]\ncredential_process = cat ${join(dir, "answer.json")}\n`) }, "profile");
  for (const config of [
    "[default]\ncredential_process = false\n",
    "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = nobody\n",
    "[profile a]\nregion = x\n",
  ]) {
    const { failed } = await both({ HOME: home(t, config) });
    assert.match(failed ?? "", /no AWS credentials/, config);
  }
});

test("the container's role", async (t) => {
  const url = await standIn(t, (request, response) => {
    if (request.headers.authorization !== "let me in") return response.writeHead(401).end();
    return response.writeHead(200, { "content-type": "application/json" }).end(issued("ASIACONTAINER"));
  });
  const HOME = home(t);
  writeFileSync(join(HOME, "token"), "let me in");
  await same(
    { HOME, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/role`, AWS_CONTAINER_AUTHORIZATION_TOKEN: "let me in" },
    "container",
  );
  await same(
    {
      HOME,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(HOME, "token"),
    },
    "container",
  );
  assert.match(
    (await both({ HOME, AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://203.0.113.1/role" })).failed,
    /container/,
  );
});

test("the instance's role", async (t) => {
  const url = await standIn(t, (request, response) => {
    const path = "/latest/meta-data/iam/security-credentials/";
    if (request.method === "PUT" && request.url === "/latest/api/token")
      return response.writeHead(200, { "x-aws-ec2-metadata-token-ttl-seconds": "21600" }).end("session");
    if (request.headers["x-aws-ec2-metadata-token"] !== "session") return response.writeHead(401).end();
    if (request.url === path) return response.end("the-role");
    if (request.url === `${path}the-role`) return response.end(issued("ASIAINSTANCE"));
    return response.writeHead(404).end();
  });
  const { own, sdk } = await both({
    HOME: home(t),
    AWS_EC2_METADATA_DISABLED: "false",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
  });
  assert.equal(own.source, "instance metadata");
  assert.deepEqual([own.accessKeyId, own.secret, own.token], [sdk.accessKeyId, sdk.secret, sdk.token]);
});

test("STS roles: a profile's and a web identity's", async (t) => {
  const [port] = await ports(1);
  const server = spawn(python(), ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  t.after(() => server.kill());
  const url = `http://127.0.0.1:${port}`;
  await until("moto", () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  const HOME = home(
    t,
    "[default]\nrole_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\nregion = eu-central-1\n",
    "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = b\n",
  );
  const assumed = await both({ HOME, AWS_ENDPOINT_URL_STS: url }, "--who");
  assert.equal(assumed.failed, undefined);
  assert.equal(assumed.own.source, "profile");
  assert.match(assumed.own.arn, /^arn:aws:sts::123456789012:assumed-role\/reader\//);
  for (const found of [assumed.own, assumed.sdk]) assert.match(found.accessKeyId, /^ASIA/);
  writeFileSync(join(HOME, "token"), "header.payload.signature");
  const web = await both(
    {
      HOME: home(t),
      AWS_ENDPOINT_URL_STS: url,
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pod",
      AWS_WEB_IDENTITY_TOKEN_FILE: join(HOME, "token"),
    },
    "--who",
    "--twice",
  );
  assert.equal(web.failed, undefined);
  assert.equal(web.own.source, "web identity");
  assert.match(web.own.arn, /assumed-role\/pod\//);
  assert.equal(web.own.again, web.own.accessKeyId);
});
