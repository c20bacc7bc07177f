// `npm run build:static`: binaries for Linux that need nothing of the system they run on, to be copied into a container.
// The one for this machine's processor is then run in an empty root: no libc, no shell, no certificates, no /etc, an empty /tmp.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { root, run, staticPython, target } from "./tools.mjs";

const TARGETS = { x64: "x86_64-unknown-linux-musl", arm64: "aarch64-unknown-linux-musl" };

const tools = dirname(staticPython());
const env = {
  ...process.env,
  PATH: tools + delimiter + process.env.PATH,
  CARGO_ZIGBUILD_CACHE_DIR: join(root, ".cache", "zigbuild"),
};
run("rustup", ["target", "add", ...Object.values(TARGETS)], { stdio: ["ignore", "ignore", "inherit"] });
const flags = Object.values(TARGETS).flatMap((name) => ["--target", name]);
run("cargo", ["zigbuild", "--release", "--locked", "--bin", "langfuse-blob", ...flags], { env });

const out = join(root, "dist");
mkdirSync(out, { recursive: true });
const built = Object.fromEntries(
  Object.entries(TARGETS).map(([processor, name]) => {
    const file = join(out, `langfuse-blob-${name}`);
    copyFileSync(join(target, name, "release", "langfuse-blob"), file);
    console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
    return [processor, file];
  }),
);

const own = platform() === "linux" ? built[arch()] : undefined;
if (own === undefined) {
  console.log("none of them runs on this machine, so none was tried");
} else {
  tryInEmptyRoot(own);
}

function tryInEmptyRoot(file) {
  const empty = mkdtempSync(join(tmpdir(), "langfuse-blob-root-"));
  try {
    copyFileSync(file, join(empty, "langfuse-blob"));
    mkdirSync(join(empty, "tmp"));
    writeFileSync(
      join(empty, ".env"),
      "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse\nLANGFUSE_S3_EVENT_UPLOAD_REGION=auto\n",
    );
    // A user namespace makes a root of one's own, where the system allows that; as root it needs none.
    const way = process.getuid() === 0 ? ["chroot"] : ["unshare", "-r", "chroot"];
    const inside = (...args) => {
      const done = spawnSync(way[0], [...way.slice(1), empty, "/langfuse-blob", ...args], {
        encoding: "utf8",
        env: { PATH: process.env.PATH },
      });
      if (done.error) throw done.error;
      return done;
    };
    const expect = (what, done, status, pattern) => {
      if (done.status !== status || !pattern.test(done.stdout + done.stderr)) {
        console.error(
          `error: in an empty root, ${what} ended with ${done.status ?? done.signal}\n${done.stdout}${done.stderr}`,
        );
        process.exit(1);
      }
      console.log(`in an empty root: ${what} ended with ${status}, as it should`);
    };
    expect("--version", inside("--version"), 0, /langfuse-blob \d/);
    expect("check .env", inside("check", "/.env"), 1, /region-auto-without-endpoint/);
    expect("explain", inside("explain", "NoSuchBucket"), 0, /NoSuchBucket/);
    // There is no resolver's configuration and no authority here: the built-in ones are used, and said to be.
    const closed = [
      "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse",
      "LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1",
      "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://127.0.0.1:9",
      "LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true",
      "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=a",
      "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=b",
      "",
    ].join("\n");
    writeFileSync(join(empty, "closed.env"), closed);
    expect("doctor at a closed port", inside("doctor", "--env-file", "/closed.env"), 1, /127\.0\.0\.1:9/);
    expect(
      "ls at a closed port",
      inside("ls", "--env-file", "/closed.env"),
      1,
      /Mozilla's built-in ones are used[\s\S]*127\.0\.0\.1:9/,
    );
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}
