/**
 * @file A release up to the registry: in a copy of the repository the packages get their versions, and every one is built and
 * published to a registry on the loopback address.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { applyChangesets, assertNoneWaiting, isFirstRelease } from "./changesets.mjs";
import { freePort, startRegistry } from "./local-registry.mjs";
import { publish } from "./publish.mjs";
import { call, publicPackages, say } from "./workspace.mjs";

/** The sources of the next release: the files that Git tracks or would track, installed and given their new versions. */
function stageRepository(root, folder) {
  if (isFirstRelease(root)) assertNoneWaiting(root);
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  const tar = ["-c", "--null", "--ignore-failed-read", "-T", "-"];
  const archive = execFileSync("tar", tar, {
    cwd: root,
    input: files,
    maxBuffer: 2 ** 30,
    stdio: ["pipe", "pipe", "ignore"],
  });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  call(folder, "git", ["init", "-q", "-b", "main"]);
  const pnpm = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).packageManager;
  const run = (...args) => call(folder, "npx", ["--yes", pnpm, ...args], buildCache(root));
  run("install", "--frozen-lockfile", "--prefer-offline", "--silent");
  if (!isFirstRelease(root)) applyChangesets(folder, () => run("exec", "changeset", "version"));
  // Turbo asks Git for a commit's files; without one it walks through node_modules, once per package.
  for (const setting of ["user.name", "user.email"])
    call(folder, "git", ["config", setting, "release@localhost"]);
  call(folder, "git", ["add", "--all"]);
  call(folder, "git", ["commit", "--quiet", "--message", "Release"]);
}

/** Builds of the same sources are taken from the repository's cache. */
const buildCache = (root) => ({
  TURBO_CACHE_DIR: process.env.TURBO_CACHE_DIR ?? join(root, ".turbo", "cache"),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
});

/** Packages that are published before the registry stops. */
const before = 5;

/**
 * Publishes to a registry that stops half-way, and once more when it is there again.
 * @returns the registry that runs at the end
 */
async function publishTwice(stage, access, start) {
  const registry = await start();
  let isStopped = false;
  const onPublished = (count) => {
    if (count !== before) return;
    isStopped = true;
    registry.stop();
  };
  try {
    await publish(stage, { ...access, onPublished });
  } catch (error) {
    if (!isStopped) throw error;
    say(`The registry was stopped: ${error.message}`);
  } finally {
    registry.stop();
  }
  const again = await start();
  await publish(stage, access).catch((error) => {
    again.stop();
    throw error;
  });
  return again;
}

/** @param root the repository */
export async function publishLocally(root) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-release-"));
  const [stage, data] = ["stage", "registry"].map((name) => join(folder, name));
  for (const each of [stage, data]) mkdirSync(each);
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/`;
  const npmrc = `registry=${address}\n${address.slice(5)}:_authToken=rehearsal\naudit=false\nfund=false\n`;
  const createProject = (name) => {
    const project = join(folder, name);
    mkdirSync(project);
    writeFileSync(join(project, ".npmrc"), npmrc);
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    return project;
  };
  // Settings of the npm that runs this would go before those of the project.
  const env = { npm_config_registry: address, npm_config_fetch_retries: "0" };
  const access = { cwd: createProject("publisher"), env, buildEnv: buildCache(root) };
  const start = () => startRegistry(resolve(root, "node_modules/.cache/verdaccio"), data, port);
  try {
    say("Preparing the versions");
    stageRepository(root, stage);
    const registry = await publishTwice(stage, access, start);
    const close = () => {
      registry.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { address, env, packages: publicPackages(stage), createProject, close };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
