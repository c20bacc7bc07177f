// Every English text of the page itself. Questions, messages and helps come from the core.
import { BROWSERS } from "./browsers";

export const texts = {
  product: "langfuse-blob",
  title: "Storage for Langfuse",
  skip: "Skip to content",
  views: "Main",
  start: "Start",
  setup: "Set up",
  fix: "Fix",
  theme: { label: "Color theme", auto: "System", light: "Light", dark: "Dark" },
  privacy:
    "Everything runs in your browser. Nothing you type or paste leaves this machine except the test upload you start.",
  privacyServed:
    "Everything runs in your browser. What you type or paste leaves this page only when you press a button under " +
    '"Try it": it goes to langfuse-blob on this machine, or to the store itself.',
  failed: {
    title: "This page couldn't start",
    why:
      "Its WebAssembly module didn't load. Reload the page. If that doesn't help, your browser may be too old " +
      `(it needs Chrome or Edge ${BROWSERS.chrome}, Firefox ${BROWSERS.firefox} or Safari ${BROWSERS.safari}), ` +
      "or the server doesn't serve the .wasm file.",
    fault: "Something on this page broke. Your answers are still here: copy what you need, then reload.",
    again: "Reload",
  },
  home: {
    heading: "Get storage right, or fix it",
    lead:
      "Langfuse needs a bucket for events, media and exports, configured in some thirty environment variables " +
      "that nothing checks. This page does.",
    setupTitle: "Set up storage",
    setupText:
      "Answer a few questions about your store and download working files: a .env, compose override, Helm values or " +
      "manifests, plus permissions, CORS and lifecycle rules for the store.",
    setupAction: "Answer questions",
    fixTitle: "Fix your configuration",
    fixText:
      "Paste or drop your .env, compose file, Helm values or manifests. See what's wrong, where, and what it breaks, " +
      "and fix it with a click.",
    fixAction: "Check files",
    points: [
      ["Every provider", "Amazon S3, R2, Google, Azure, MinIO, SeaweedFS and more, each with its own quirks."],
      ["Checked", "Generated files pass the same check that finds mistakes in existing ones."],
      [
        "Tested from your browser",
        "A signed upload from this page tests what only a browser can: CORS, certificates, reachability.",
      ],
    ],
  },
  wizard: {
    steps: "Steps",
    step: (at: number, of: number) => `Step ${at} of ${of}`,
    back: "Back",
    next: "Next",
    toFiles: "Show files",
    files: "Files",
    trial: "Try it",
    done: "done",
    wrong: "needs attention",
    more: (n: number) => (n === 1 ? "1 more setting" : `${n} more settings`),
    moreHint: "The defaults are good.",
    needed: "required",
    requiredNow: "This field is required.",
    defaultIs: "Default",
    leaveEmpty: "Leave empty to generate a password.",
    generate: "Generate",
    generated: "Generated a new password.",
    show: "Show",
    hide: "Hide",
    none: "None",
    moreStores: "Other stores",
    stillOpen: (n: number) => (n === 1 ? "1 required answer is missing." : `${n} required answers are missing.`),
    goTo: "Go to",
    opened: "Filled in from your files. Anything that couldn't be read as an answer is asked again.",
    linked: "Filled in from a link. Links never contain credentials: enter yours again.",
  },
  out: {
    lead: "Choose a file. Files update as you change your answers.",
    list: "Files",
    notYet: "Incomplete",
    needs: "Required for this file",
    cannot: "Not available for these answers",
    copy: "Copy",
    copied: "Copied.",
    copyFailed: "Your browser blocked copying. Select the text and copy it yourself.",
    download: "Download",
    all: (n: number) => `Download all ${n} (.zip)`,
    link: "Copy a link to these answers",
    linked: "Link copied. It contains no secrets.",
    secrets: "Show secrets",
    hideSecrets: "Hide secrets",
    view: "View",
    file: "File",
    against: (name: string) => `Compare with ${name}`,
    noChanges: "No changes.",
    clean: "Checked: no errors or warnings.",
    unclean: (n: number) => `Checked: ${n} finding${n === 1 ? "" : "s"}.`,
    dot: (saved: string, name: string) =>
      `Browsers can't save dotfiles, so it downloads as \`${saved}\`. Rename it to \`${name}\`.`,
    notes: "Next steps",
    gone: "removed line",
    added: "added line",
    settings: "Settings for this file",
  },
  repair: {
    heading: "Your files",
    lead: "Files that belong together are checked as one deployment, such as a compose file with its override and .env.",
    dropTitle: "Drop files here, or paste",
    dropText:
      ".env, docker-compose.yml, values.yaml, Kubernetes manifests, JSON, or the output of env. They stay in your " +
      "browser.",
    dropNow: "Drop to check the files",
    choose: "Choose files",
    paste: "Paste text",
    example: "Look at an example",
    files: "Files",
    add: "Add a file",
    name: "File name",
    remove: (name: string) => `Remove ${name}`,
    editor: (name: string) => `Contents of ${name}`,
    readAs: "read as",
    notRead: "not read",
    empty: "Paste the file's contents here.",
    findings: "Findings",
    clean: "No problems found.",
    cleanMore: "No errors or warnings. To see whether the store agrees, run the tests below.",
    nothing: "Findings appear here as you type.",
    summary: (errors: number, warnings: number, hints: number) =>
      [
        [errors, "error"],
        [warnings, "warning"],
        [hints, "hint"],
      ]
        .filter(([n]) => n !== 0)
        .map(([n, word]) => `${n} ${word}${n === 1 ? "" : "s"}`)
        .join(", ") || "no findings",
    fixAll: (n: number) => (n === 1 ? "Apply the safe fix" : `Apply all ${n} safe fixes`),
    fixed: (n: number) => (n === 1 ? "1 fix applied." : `${n} fixes applied.`),
    apply: "Fix",
    unsafe: "may change behavior; review the result",
    explain: "Why",
    goTo: (line: number) => `line ${line}`,
    undo: "Undo all",
    changes: "Changes",
    editing: "Edit",
    openForm: "Open in the form",
    reading: "How files are read",
    deployment: "Deployment method",
    version: "Langfuse version",
    dialect: ".env parser",
    autoDetected: "auto-detected",
    tooLarge: (name: string) => `${name} is larger than 2 MB, the limit.`,
    binary: (name: string) => `${name} isn't UTF-8 text.`,
    refused: "Can't read the files",
    severity: { error: "Error", warning: "Warning", hint: "Hint" },
    impact: {
      startup: "Langfuse doesn't start",
      failure: "fails at run time",
      ignored: "has no effect",
      risk: "risk",
      advice: "advice",
      unread: "not read",
      untested: "not tested",
    },
    close: "Close",
    page: (rule: string) => `About ${rule}`,
    notLoaded: "The explanation couldn't be loaded. Check the connection and try again.",
  },
  trial: {
    heading: "Test from this browser",
    lead:
      "This page signs an upload and a download and sends them from your browser to your store, as Langfuse's web UI " +
      "and SDKs in browsers do. No server can test that.",
    useCase: "Bucket",
    origin: "This page's origin",
    target: "Requests go to",
    object: "Test object",
    run: "Upload and download a test object",
    stop: "Stop",
    again: "Test again",
    steps: { put: "Upload", get: "Download", delete: "Delete" },
    done: { put: "The store accepted it.", get: "The same bytes came back.", delete: "The test object is gone." },
    skipped: "not tested",
    differs: "The downloaded bytes aren't the uploaded ones.",
    refused: (status: number, code: string | null) =>
      `The store returned ${code ?? "an error without a code"} (HTTP ${status}).`,
    unreachable: (origin: string) =>
      `This browser can't reach ${origin}. Either the name resolves only inside containers, the port is closed, ` +
      "the browser rejects the certificate, or there's no network.",
    cors: (origin: string) =>
      `The store answers, but its CORS rules don't let pages from ${origin} read the response. That's this page's ` +
      "origin, not Langfuse's: also allow it while you test, or test from Langfuse's own page below.",
    corsRemove: "Deleting from a page is blocked, as it should be.",
    remains: (key: string) => `${key} is still in the bucket. Delete it with`,
    mayRemain: (key: string) => `${key} may be in the bucket: the browser couldn't read the response. Delete it with`,
    removed: (key: string) => `${key} was deleted.`,
    mixed: (origin: string) =>
      `This page uses https and the store is at ${origin}. Browsers block such requests, so this page sends none. ` +
      "Run `langfuse-blob wizard` on your machine and use its page, or put the store behind https: Langfuse's own " +
      "pages need that too.",
    reasons: {
      nothing: "There's no configuration to test yet. Answer the questions or paste files first.",
      engine:
        "This configuration uses Langfuse's native engine for Azure, Google or Oracle, and this page can't sign URLs " +
        "for those.",
      incomplete:
        "This page needs an access key, a secret key and a region to sign URLs. A role's credentials exist only in " +
        "the containers.",
    },
    otherwise: "`langfuse-blob doctor` tests every use case from the machine it runs on.",
    langfuse: "From Langfuse's own page",
    langfuseLead: (origin: string) =>
      `The browser asks the store whether pages from ${origin} may upload. Open Langfuse there, open the browser's ` +
      "console, and paste:",
    langfuseUnknown: "your Langfuse",
    snippetLife: "The presigned URL in it works for 15 minutes and uploads one small test object.",
    corsFile: "To allow the upload, apply the rules in cors.json, one of the generated files.",
  },
  doctor: {
    heading: "Doctor",
    lead:
      "langfuse-blob on this machine tests every use case against the real store: DNS, connections, certificates, " +
      "signatures, uploads, presigned URLs, CORS. Running it sends your configuration to langfuse-blob, at the " +
      "address of this page.",
    run: "Run the doctor",
    cancel: "Cancel",
    cancelled: "Canceled. Everything the doctor wrote was removed, or is listed below.",
    running: (over: number, all: number) => `${over} of ${all} steps`,
    starting: "Starting…",
    again: "Run again",
    broken:
      "langfuse-blob isn't responding. Is it still running? Run `langfuse-blob wizard` again and open its new URL.",
    readOnly: "Read only, write nothing",
    report: "Full report, as the command prints it",
    outcomes: { pass: "passed", warn: "warning", fail: "failed", skipped: "skipped" },
    left: (kind: string, useCase: string) => `Left in the store (${kind}, ${useCase}):`,
    healthy: "Everything tested works.",
    partly: "Nothing failed, but not everything could be tested: see the warnings and skipped steps.",
  },
} as const;
