// One door for every root script: `node tooling/run.mjs <task> [flags]`. Re-runs itself under the pnpm
// pinned in package.json (which installs when node_modules is stale), then runs the task with telemetry off.
// After tests it adds up every workspace's Vitest results and prints one closing line.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkBundled } from "./check-bundled.mjs";
import { checkDocs } from "./check-docs.mjs";
import { checkManifests } from "./check-manifests.mjs";
import { chromium, sayIfChromiumIsMissing } from "./vitest/chromium.mjs";

const [task, ...flags] = process.argv.slice(2);
const { packageManager } = JSON.parse(readFileSync("package.json", "utf8"));
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
env.INIT_CWD ??= process.cwd();
// Parts of the test cache's key: results without shared data or browser must not pass for results with them.
if (existsSync("../shared/golden")) env.DEEPGRAIN_SHARED ??= resolve("../shared");
if (chromium) env.DEEPGRAIN_CHROMIUM = chromium;

// Ctrl-C reaches the child too: it saves its work and ends, and its exit code is ours.
process.on("SIGINT", () => {});

function run(command, args) {
  const shell = process.platform === "win32";
  return spawnSync(command, args, { stdio: "inherit", shell, env }).status ?? 1;
}

const underPinnedPnpm = env.npm_config_user_agent?.startsWith(
  `${packageManager.replace("@", "/")} `,
);
if (!underPinnedPnpm) {
  const self = ["exec", "node", "tooling/run.mjs", task, ...flags];
  process.exit(run("npx", ["--yes", packageManager, ...self]));
}

const turbo = (...args) => run("turbo", ["run", ...args, "--output-logs=errors-only"]);

/** Builds the command line and what it needs; prints nothing unless it takes a while or fails, and never on stdout. */
async function buildApp() {
  const build = ["run", "build", "--filter=deepgrain...", "--output-logs=errors-only"];
  const child = spawn("turbo", build, {
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
    env: { ...env, DEEPGRAIN_BUILD: "run" },
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => said.push(part));
  const note = setTimeout(() => console.error("Building the command line …"), 3000);
  const status = await new Promise((end) => {
    child.on("error", ({ message }) => end(console.error(message) ?? 1));
    child.on("close", (code) => end(code ?? 1));
  });
  clearTimeout(note);
  if (status !== 0) process.stderr.write(Buffer.concat(said));
  return status;
}

const deepgrain = async (args) =>
  (await buildApp()) || run("node", ["apps/trainers/dist/main.js", ...args]);

/** The files of results that Vitest writes in each workspace, by the task that it runs for. */
const resultNames = { test: "results.json", "test:slow": "slow.json" };

const workspaces = () => [
  "bench",
  ...["packages", "apps", "tooling"].flatMap((group) =>
    readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(group, name)),
  ),
];

const resultFiles = (names) =>
  workspaces().flatMap((folder) => names.map((name) => join(folder, ".vitest", resultNames[name])));

/** Files that failed before a test of theirs could. */
const filesWithoutTests = ({ testResults }) =>
  testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  ).length;

function closingLine(names) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of resultFiles(names).filter((path) => existsSync(path))) {
    const results = JSON.parse(readFileSync(file, "utf8"));
    total.passed += results.numPassedTests;
    total.failed += results.numFailedTests + filesWithoutTests(results);
    total.skipped += results.numPendingTests + results.numTodoTests;
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.passed === 0 || total.failed > 0 ? 1 : 0;
}

/** Files of tests whose path ends so, in all workspaces. */
const countFiles = (pattern) =>
  workspaces()
    .map((folder) => join(folder, "test"))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }))
    .filter((path) => pattern.test(path)).length;

const others = () =>
  [
    "Not run here:",
    `  npm run test:slow   servers, killed processes, trainings (${countFiles(/^slow.*\.test\.ts$/)} files), run in CI`,
    `  npm run test:long   what takes hours (${countFiles(/^long.*\.ts$|\.long\.ts$/)} files), run by hand`,
  ].join("\n");

/** Runs tests, one workspace at a time, and counts them. */
function runTests(...names) {
  sayIfChromiumIsMissing();
  for (const file of resultFiles(names)) rmSync(file, { force: true });
  const status = turbo(...names, "--concurrency=1", "--continue=dependencies-successful", ...flags);
  if (!names.includes("test:slow")) console.log(others());
  return closingLine(names) || status;
}

/** The reference and the guides alone, in docs/api. */
async function docs() {
  const { writeDocs } = await import("./site/site.mjs"); // it needs TypeDoc, which is not there before the first install
  return (await buildApp()) || ((await writeDocs("docs/api")) ? 0 : 1);
}

/** Everything that is published, in the folder site. */
async function site() {
  const { writeSite } = await import("./site/site.mjs");
  env.DEEPGRAIN_DOCS = "./docs/index.html"; // the playground links to it
  const built = turbo("build", "--filter=@deepgrain/demos") || (await buildApp());
  return built || ((await writeSite("site")) ? 0 : 1);
}

const tasks = {
  // Resumable: each test keeps its progress in its package's .long-test folder.
  "test:long": () =>
    run("turbo", [
      "run",
      "test:long",
      "--concurrency=1",
      "--continue",
      "--output-logs=full",
      ...flags,
    ]),
  start: () => deepgrain(["start", ...flags]),
  deepgrain: () => deepgrain(flags),
  build: () => turbo("build", ...flags),
  bench: () =>
    flags.includes("--help")
      ? run("node", ["bench/run.mjs", "--help"])
      : turbo("build") || run("node", ["bench/run.mjs", ...flags]),
  // `npm run demos` builds the playground and serves it; `-- --record <page>` trains what a page ships, `-- --screens` writes
  // pictures of every step of the stories to `apps/demos/.screens`.
  demos: () => {
    if (flags[0] === "--record")
      return run("node", ["apps/demos/scripts/record.mjs", ...flags.slice(1)]);
    const built = turbo("build", "--filter=@deepgrain/demos");
    if (flags[0] === "--screens")
      return built || run("node", ["apps/demos/scripts/screens.mjs", ...flags.slice(1)]);
    return (
      built || run("pnpm", ["--filter", "@deepgrain/demos", "exec", "vite", "preview", ...flags])
    );
  },
  fuzz: () => run("node", ["tooling/doors/fuzz/fuzz.mjs", ...flags]),
  docs,
  site,
  release: () => run("node", ["tooling/release/release.mjs", ...flags]),
  format: () => run("biome", ["check", "--write", ".", ...flags]),
  check: async () => {
    // They need compilers and TypeDoc, which are not there before the first install.
    const { checkDoors } = await import("./doors/list/check-doors.mjs");
    const { checkHouse } = await import("./check-house.mjs");
    const { checkFloor } = await import("./release/check-floor.mjs");
    const { writeReference } = await import("./site/reference.mjs");
    return Math.max(
      run("biome", ["check", "."]),
      run("turbo", ["boundaries"]),
      turbo("typecheck", "lint:package", "size", "--continue"),
      checkBundled(), // lint:package has built them
      checkFloor(),
      run("knip", []),
      checkManifests(),
      checkDocs(),
      checkHouse(),
      checkDoors(),
      (await writeReference()) ? 0 : 1, // broken links and unused tags are faults
    );
  },
  test: () => runTests("test"),
  "test:slow": () => runTests("test:slow"),
  "test:all": () => runTests("test", "test:slow"),
};

if (!tasks[task]) {
  console.error(
    `run.mjs: unknown task "${task}", expected one of ${Object.keys(tasks).join(", ")}`,
  );
  process.exit(2);
}
process.exit(await tasks[task]());
