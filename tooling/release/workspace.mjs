import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

let isOnStderr = false;

/** Prints a line of progress. */
export const say = (line) => (isOnStderr ? process.stderr : process.stdout).write(`${line}\n`);

/** From now on progress goes to stderr, as a result goes to stdout. */
export const sayOnStderr = () => {
  isOnStderr = true;
};

/** Runs a command to its end; its errors are shown. @returns what it prints */
export function call(cwd, command, args, env = {}) {
  return execFileSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", 2],
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
}

/** Public packages of a repository: their manifests, each with its folder as `path`. */
export function publicPackages(folder) {
  const groups = ["packages", "apps"].flatMap((group) =>
    readdirSync(join(folder, group)).map((name) => join(folder, group, name)),
  );
  return groups
    .map((path) => ({ path, ...JSON.parse(readFileSync(join(path, "package.json"), "utf8")) }))
    .filter((each) => !each.private);
}
