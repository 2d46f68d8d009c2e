/** @file `npm run release -- --dry-run | --tarballs | --version | --publish`; the last two are the steps of the release workflow. */
import { spawnSync } from "node:child_process";
import { publish } from "./publish.mjs";
import { rehearse } from "./rehearse.mjs";
import { installTarballs } from "./tarballs.mjs";

const steps = {
  "--dry-run": () => rehearse(process.cwd()),
  "--tarballs": () => installTarballs(process.cwd()),
  "--version": () => run("changeset", ["version"]) || run("pnpm", ["install", "--lockfile-only"]),
  "--publish": () => publish(process.cwd()),
};

const run = (command, args) =>
  spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" }).status ?? 1;

const [flag, ...rest] = process.argv.slice(2);
if (!steps[flag] || rest.length > 0) {
  console.error(`release: expected one of ${Object.keys(steps).join(", ")}`);
  process.exit(2);
}
try {
  process.exitCode = (await steps[flag]()) ?? 0;
} catch ({ message }) {
  console.error(`release: ${message}`);
  process.exitCode = 1;
}
