/**
 * @file All packages as their users get them, without a registry of ours: they are built and packed, the tarballs go into an
 * empty project in one `npm install`, and the command line runs there.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll } from "./pack-all.mjs";
import { call, say } from "./workspace.mjs";

/** Where npm took our packages from. @throws {Error} for one that is not a tarball of this run */
function checkSources(project, packages) {
  const { packages: found } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
  const isOurs = (path) => packages.some(({ name }) => path.endsWith(`node_modules/${name}`));
  const ours = Object.entries(found).filter(([path]) => isOurs(path));
  const foreign = ours.filter(([, { resolved }]) => !resolved?.startsWith("file:"));
  if (foreign.length > 0)
    throw new Error(`not from a tarball: ${foreign.map(([path]) => path).join(", ")}`);
  if (ours.length !== packages.length)
    throw new Error(`expected ${packages.length} packages of ours, npm installed ${ours.length}`);
}

/** Builds, packs, installs and runs everything. @param root the repository */
export function installTarballs(root) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-tarballs-"));
  const [tarballs, project] = ["tarballs", "project"].map((name) => join(folder, name));
  for (const each of [tarballs, project]) mkdirSync(each);
  try {
    const packages = packAll(root, tarballs);
    const files = packages.map(({ tarball }) => tarball);
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    call(project, "npm", ["install", "--silent", "--no-audit", "--no-fund", ...files]);
    checkSources(project, packages);
    say(`Installed ${files.length} tarballs, nothing of ours from a registry`);
    const help = call(project, "npx", ["--no-install", "deepgrain", "--help"]);
    if (!/usage/i.test(help)) throw new Error(`deepgrain --help printed:\n${help}`);
    const began = performance.now();
    call(project, "npx", ["--no-install", "deepgrain", "start", "--quick"]);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    if (!existsSync(join(project, "runs/quick/report.html")))
      throw new Error("deepgrain start --quick left no report");
    say(`npx deepgrain --help and npx deepgrain start --quick ran, the latter in ${seconds} s`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
