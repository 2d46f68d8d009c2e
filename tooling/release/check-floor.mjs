/**
 * @file The declarations of all packages, as built, under the oldest TypeScript that can read them: strictly, in both ways in which
 * modules are found.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publicPackages } from "./workspace.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const compiler = createRequire(import.meta.url).resolve("typescript-floor/bin/tsc");

/** How the modules of a project are found: by a bundler, and by Node. */
const resolutions = { bundler: "esnext", nodenext: "nodenext" };

/** The names that a package can be imported by. */
export const entriesOf = ({ name, exports }) =>
  Object.entries(exports)
    .filter(([, value]) => typeof value === "object" && value.types?.endsWith(".d.ts"))
    .map(([entry]) => name + entry.slice(1));

function writeProject(folder, packages) {
  for (const { name, path } of packages) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(path, link, "junction");
  }
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(
    join(here, "node_modules/@types/node"),
    join(folder, "node_modules/@types/node"),
    "junction",
  );
  const entries = packages.flatMap(entriesOf);
  const lines = entries.map((entry, i) => `export * as e${i} from ${JSON.stringify(entry)};\n`);
  writeFileSync(join(folder, "all.ts"), lines.join(""));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  return entries;
}

/** Settings of a strict project. @param files that it compiles */
export const strictProject = (resolution, files) => ({
  files,
  compilerOptions: {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    module: resolutions[resolution],
    moduleResolution: resolution,
    lib: ["es2022", "esnext.disposable", "dom", "dom.iterable"],
    types: ["node"],
  },
});

export const isError = (line) => /: error TS\d+|^error TS/.test(line);

/** Errors of a compiler in a project, but for those inside the types of packages of others. */
function errorsUnder(tsc, folder, resolution) {
  const config = strictProject(resolution, ["all.ts"]);
  config.compilerOptions.exactOptionalPropertyTypes = true; // of ours; types of others do not compile with it
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const args = [tsc, "-p", folder, "--pretty", "false"];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  return stdout
    .split("\n")
    .filter((line) => isError(line) && !line.split("(")[0].includes("node_modules"));
}

/** @param root of the repository, whose packages are built @returns exit code: 1 with a line per error, else 0 */
export function checkFloor(root = process.cwd(), tsc = compiler) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-floor-"));
  try {
    const packages = publicPackages(root);
    const entries = writeProject(folder, packages);
    if (entries.length === 0) throw new Error("no package has types");
    const errors = Object.keys(resolutions).flatMap((each) => errorsUnder(tsc, folder, each));
    for (const line of new Set(errors)) console.error(line);
    return errors.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
