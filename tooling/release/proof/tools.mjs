/** @file Programs that the proof uses, installed from npm into a temporary folder, outside of the workspace. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { NotAvailable } from "./cells.mjs";

const execute = promisify(execFile);

/** Runs a command to its end. @throws what `execFile` says, with `stdout` and `stderr` */
export async function run(cwd, command, args, env = {}) {
  const settings = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
  return (await execute(command, args, settings)).stdout;
}

/** Programs by a name of ours: what npm installs for it, and its file. */
const programs = {
  publint: ["publint@0.3.25", "publint/src/cli.js"],
  attw: ["@arethetypeswrong/cli@0.18.5", "@arethetypeswrong/cli/dist/index.js"],
  "TypeScript 5.6.3": ["typescript@5.6.3", "typescript/bin/tsc"],
  "TypeScript 7.0.2": ["typescript@7.0.2", "typescript/bin/tsc"],
  esbuild: ["esbuild@0.28.2", "esbuild/bin/esbuild"],
  vite: ["vite@8.4.0", "vite/bin/vite.js"],
  rollup: ["rollup@4.68.8", "rollup/dist/bin/rollup"],
  webpack: ["webpack@5.113.0", "webpack-cli/bin/cli.js"],
  playwright: ["playwright-core@1.65.1", "playwright-core/index.mjs"],
};
const beside = {
  rollup: ["@rollup/plugin-node-resolve@16.0.3", "@rollup/plugin-commonjs@29.0.3"],
  webpack: ["webpack-cli@7.3.1"],
};

const platform = `${process.platform}-${process.arch}`;
/** Runtimes: the package that has the binary for this machine, the binary, and the words before a file's name. */
const runtimes = {
  "Node 20.19": [`node-${platform}@~20.19.0`, `node-${platform}/bin/node`, []],
  "Node 20": [`node-${platform}@20`, `node-${platform}/bin/node`, []],
  "Node 22": [`node-${platform}@22`, `node-${platform}/bin/node`, []],
  "Node 24": [`node-${platform}@24`, `node-${platform}/bin/node`, []],
  Bun: [`@oven/bun-${platform}@1`, `@oven/bun-${platform}/bin/bun`, []],
  Deno: [`@deno/${platform}-glibc@2`, `@deno/${platform}-glibc/deno`, ["run", "-A", "--quiet"]],
};

/**
 * Installs programs on demand, each into a folder of its own.
 * @returns `program(name)` and `runtime(name)`: the words of a command; and `file(name)`
 */
export function createTools(folder) {
  const installs = new Map();
  const install = (name, packages) => {
    const own = join(folder, name.replaceAll(" ", "-"));
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "package.json"), '{ "private": true }\n');
    const flags = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
    return run(own, "npm", ["install", ...flags, ...packages]).then(
      () => join(own, "node_modules"),
      ({ stderr }) => {
        throw new NotAvailable(
          `npm cannot install ${packages[0]}: ${stderr.trim().split("\n")[0]}`,
        );
      },
    );
  };
  const modulesOf = (name, packages) => {
    if (!installs.has(name)) installs.set(name, install(name, packages));
    return installs.get(name);
  };
  const file = async (name) => {
    const [wanted, path] = programs[name];
    return join(await modulesOf(name, [wanted, ...(beside[name] ?? [])]), path);
  };
  return {
    file,
    program: async (name) => [process.execPath, await file(name)],
    async runtime(name) {
      const isThis = name === `Node ${process.versions.node.split(".")[0]}`;
      if (isThis) return [process.execPath];
      const [wanted, path, words] = runtimes[name];
      const binary = join(await modulesOf(name, [wanted]), path);
      if (!existsSync(binary)) throw new NotAvailable(`${wanted} has no ${path}`);
      return [binary, ...words];
    },
  };
}
