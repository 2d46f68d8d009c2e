/**
 * @file A release up to the registry: in a copy of the repository the changesets are applied, and every package is built and
 * published to a registry on the loopback address.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startRegistry } from "./local-registry.mjs";
import { call, publicPackages, say } from "./workspace.mjs";

/** The sources of the next release: the files that Git tracks or would track, installed and given their new versions. */
function stageRepository(root, folder) {
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
  run("exec", "changeset", "version");
  // Turbo asks Git for a commit's files; without one it walks through node_modules, once per package.
  const author = ["-c", "user.name=release", "-c", "user.email=release@localhost"];
  call(folder, "git", ["add", "--all"]);
  call(folder, "git", [...author, "commit", "--quiet", "--message", "Release"]);
  return run;
}

/** Builds of the same sources are taken from the repository's cache. */
const buildCache = (root) => ({
  TURBO_CACHE_DIR: process.env.TURBO_CACHE_DIR ?? join(root, ".turbo", "cache"),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
});

/** @param root the repository */
export async function publishLocally(root) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-release-"));
  const [stage, data] = ["stage", "registry"].map((name) => join(folder, name));
  for (const each of [stage, data]) mkdirSync(each);
  const registry = await startRegistry(resolve(root, "node_modules/.cache/verdaccio"), data);
  const close = () => {
    registry.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const address = `http://${registry.host}/`;
  const access = `registry=${address}\n//${registry.host}/:_authToken=rehearsal\naudit=false\nfund=false\n`;
  try {
    say("Applying the changesets");
    const pnpm = stageRepository(root, stage);
    const packages = publicPackages(stage);
    say(`Building ${packages.length} packages`);
    pnpm("exec", "turbo", "run", "build", "--output-logs=errors-only");
    writeFileSync(join(stage, ".npmrc"), access);
    for (const { name, version } of packages) {
      pnpm("--filter", name, "publish", "--no-git-checks", "--registry", address);
      say(`Published ${name} ${version}`);
    }
    const createProject = (name) => {
      const project = join(folder, name);
      mkdirSync(project);
      writeFileSync(join(project, ".npmrc"), access);
      writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
      return project;
    };
    // Settings of the npm that runs this would go before those of the project.
    const env = { npm_config_registry: address };
    return { address, env, packages, createProject, close };
  } catch (error) {
    close();
    throw error;
  }
}
