/**
 * @file A release in small: in a copy of the repository the changesets are applied and every package is built and published
 * to a registry on the loopback address; an empty project then installs all of them from it and runs them.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startRegistry } from "./local-registry.mjs";
import { call, publicPackages, say } from "./workspace.mjs";

/** What the next release would be made of: the files that Git tracks or would track, installed and given their new versions. */
function stageRepository(folder) {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { encoding: "utf8", maxBuffer: 2 ** 26 });
  const tar = ["-c", "--null", "--ignore-failed-read", "-T", "-"];
  const archive = execFileSync("tar", tar, {
    input: files,
    maxBuffer: 2 ** 30,
    stdio: ["pipe", "pipe", "ignore"],
  });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  call(folder, "git", ["init", "-q", "-b", "main"]);
  call(folder, "pnpm", ["install", "--frozen-lockfile", "--prefer-offline", "--silent"]);
  call(folder, "pnpm", ["exec", "changeset", "version"]);
}

function checkInstalled(project, packages) {
  for (const { name, version } of packages) {
    const folder = join(project, "node_modules", name);
    const installed = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (installed.version !== version)
      throw new Error(`${name}: expected version ${version}, got ${installed.version}`);
    const changes = readFileSync(join(folder, "CHANGELOG.md"), "utf8");
    if (!changes.includes(`## ${version}`))
      throw new Error(`${name}: CHANGELOG.md has no entry for ${version}`);
  }
}

/** Publishes, installs and runs everything. @param root the repository */
export async function rehearse(root) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-release-"));
  const [stage, data, project] = ["stage", "registry", "project"].map((name) => join(folder, name));
  for (const each of [stage, data, project]) mkdirSync(each);
  const registry = await startRegistry(resolve(root, "node_modules/.cache/verdaccio"), data);
  try {
    const address = `http://${registry.host}/`;
    say("Applying the changesets");
    stageRepository(stage);
    const packages = publicPackages(stage);
    say(`Building ${packages.length} packages`);
    call(stage, "pnpm", ["exec", "turbo", "run", "build", "--output-logs=errors-only"]);
    const access = `registry=${address}\n//${registry.host}/:_authToken=rehearsal\n`;
    writeFileSync(join(stage, ".npmrc"), access);
    writeFileSync(join(project, ".npmrc"), access);
    for (const { name, version, path } of packages) {
      call(path, "pnpm", ["publish", "--no-git-checks", "--registry", address], {
        npm_config_registry: address,
      });
      say(`Published ${name} ${version}`);
    }
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    const names = packages.map(({ name, version }) => `${name}@${version}`);
    call(project, "npm", ["install", "--silent", "--no-audit", "--no-fund", ...names]);
    checkInstalled(project, packages);
    const libraries = packages.filter(({ bin }) => !bin).map(({ name }) => name);
    const imports = libraries.map((name) => `await import(${JSON.stringify(name)});`).join("\n");
    writeFileSync(join(project, "imports.mjs"), `${imports}\n`);
    call(project, process.execPath, ["imports.mjs"]);
    const version = call(project, "npx", ["--no-install", "deepgrain", "--version"]).trim();
    say(`Installed and imported ${libraries.length} packages; npx deepgrain --version: ${version}`);
  } finally {
    registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
