/**
 * @file `npm run release -- --dry-run | --proof [--json] | --tarballs | --version | --publish`; the last two are the steps of the
 * release workflow.
 */
import { spawnSync } from "node:child_process";
import { applyChangesets, assertNotFirst } from "./changesets.mjs";
import { writeProof } from "./proof.mjs";
import { publish } from "./publish.mjs";
import { rehearse } from "./rehearse.mjs";
import { installTarballs } from "./tarballs.mjs";

const steps = {
  "--dry-run": () => rehearse(process.cwd()),
  "--proof": (isJson) => writeProof(process.cwd(), isJson),
  "--tarballs": () => installTarballs(process.cwd()),
  "--version": () => version(process.cwd()),
  "--publish": () => publish(process.cwd()),
};

function run(command, args) {
  const { status } = spawnSync(command, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed`);
}

function version(root) {
  assertNotFirst(root);
  applyChangesets(root, () => run("changeset", ["version"]));
  run("biome", ["format", "--write", "."]); // Changesets writes manifests in a form of its own
  run("pnpm", ["install", "--lockfile-only"]);
}

const [flag, ...rest] = process.argv.slice(2);
const isJson = flag === "--proof" && rest[0] === "--json";
if (!steps[flag] || rest.length > Number(isJson)) {
  console.error(`release: expected one of ${Object.keys(steps).join(", ")}; --proof takes --json`);
  process.exit(2);
}
try {
  process.exitCode = (await steps[flag](isJson)) ?? 0;
} catch ({ message }) {
  console.error(`release: ${message}`);
  process.exitCode = 1;
}
