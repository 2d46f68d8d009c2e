// Holds the list of doors to the sources: a module that reads stands under a door or among the exceptions, every entry names
// what is there, and SECURITY.md has one line per door, which names a test that is there.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { applicationDoors } from "./applications.mjs";
import { exceptions as allExceptions } from "./exceptions.mjs";
import { declaredExports, readingsIn } from "./find-readers.mjs";
import { packageDoors } from "./packages.mjs";

/** Every door. */
export const doors = [...packageDoors, ...applicationDoors];

const isSource = (file) =>
  /^(packages|apps)\/[\w-]+\/src\/.*\.tsx?$/.test(file) && !file.includes("/generated/");

/** The text of every module of `packages/*` and `apps/*`, by path. */
export function sources() {
  const files = execFileSync("git", ["ls-files", "-z", "packages", "apps"], { encoding: "utf8" });
  const kept = files.split("\0").filter((file) => isSource(file) && existsSync(file));
  return new Map(kept.map((file) => [file, readFileSync(file, "utf8")]));
}

const modulesOf = (door) => door.reads.map((file) => `${door.in}/src/${file}`);

/** The line of SECURITY.md that begins with a door's name. */
const lineOf = (security, door) => {
  const start = `- \`${door.door}\` (\`${door.in.replace(/^\w+\//, "")}\`):`;
  const at = `\n${security}`.indexOf(`\n${start}`);
  if (at < 0) return undefined;
  const rest = security.slice(at);
  return rest.slice(0, rest.search(/\n(?! {2})|$(?![\s\S])/));
};

/** What is wrong with a door's line in SECURITY.md. */
function lineFaults(security, door) {
  const line = lineOf(security, door);
  if (line === undefined) return [`SECURITY.md: no line for the door ${door.door} of ${door.in}`];
  const tests = Array.from(line.matchAll(/`([\w./-]+\/[\w./-]+)`/g), ([, path]) => path);
  if (tests.length === 0) return [`SECURITY.md: the line of ${door.door} names no test`];
  return tests
    .filter((path) => !existsSync(path))
    .map((path) => `SECURITY.md: the line of ${door.door} names ${path}, which is not there`);
}

/**
 * What is wrong with the list.
 *
 * @param texts of modules, by path
 * @param listed the doors
 * @param exceptions the reason by module
 * @param security text of SECURITY.md
 * @returns complaints
 */
export function doorFaults(texts, listed, exceptions, security) {
  const readings = new Map([...texts].map(([file, text]) => [file, readingsIn(text, file)]));
  const behind = new Map(
    listed.flatMap((door) => modulesOf(door).map((file) => [file, door.door])),
  );
  const reads = (file) => (readings.get(file) ?? []).length > 0;
  const exported = new Map();
  for (const [file, text] of texts) {
    const folder = file.split("/", 2).join("/");
    const names = exported.get(folder) ?? new Set();
    for (const name of declaredExports(text)) names.add(name);
    exported.set(folder, names);
  }
  return [
    ...[...texts.keys()]
      .filter((file) => reads(file) && !behind.has(file) && !(file in exceptions))
      .map((file) => `${file}: reads (${readings.get(file).join(", ")}), but stands under no door`),
    ...[...behind]
      .filter(([file]) => !reads(file))
      .map(([file, door]) => `${file}: is listed under the door ${door}, but reads nothing`),
    ...Object.keys(exceptions)
      .filter((file) => !reads(file) || behind.has(file))
      .map((file) => `${file}: is an exception that is none: it reads nothing, or has a door`),
    ...listed
      .filter((door) => !exported.get(door.in)?.has(door.door))
      .map((door) => `${door.in}: exports no ${door.door}, which the list of doors names`),
    ...listed.flatMap((door) => lineFaults(security, door)),
  ];
}

/** Checks the doors of the working tree. @returns exit code: 1 with a line per complaint, else 0 */
export function checkDoors() {
  const faults = doorFaults(sources(), doors, allExceptions, readFileSync("SECURITY.md", "utf8"));
  for (const fault of faults) console.error(fault);
  return faults.length > 0 ? 1 : 0;
}
