/** @file A package as its users get it: packed, and unpacked into an empty project. */
import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";

/** All blocks of code of the package's README. */
export const readmeBlocks = (packageFolder: string): string[] => {
  const text = readFileSync(join(packageFolder, "README.md"), "utf8");
  return [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
};

/** An empty project with the packed package. */
export interface PackedProject {
  readonly folder: string;
  /** Runs TypeScript there with Node. @returns the lines that it prints */
  run(code: string, env?: Record<string, string>): Promise<string[]>;
  remove(): void;
}

/** Builds and packs a package without type declarations, and unpacks it into a folder. */
function unpack(packageFolder: string, target: string): void {
  const stage = mkdtempSync(join(tmpdir(), "deepgrain-stage-"));
  for (const path of ["package.json", "README.md", "src"])
    cpSync(join(packageFolder, path), join(stage, path), { recursive: true });
  const tsup = join(packageFolder, "node_modules/.bin/tsup");
  execFileSync(tsup, ["--out-dir", join(stage, "dist"), "--silent"], {
    cwd: packageFolder,
    env: { ...process.env, DEEPGRAIN_BUILD: "run" },
  });
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts"], { cwd: stage });
  const tarball = readdirSync(stage).find((file) => file.endsWith(".tgz"))!;
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(stage, tarball), "--strip-components=1", "-C", target]);
  rmSync(stage, { recursive: true });
}

/**
 * Builds and packs a package and unpacks it into an empty project, beside the named dependencies and nothing else.
 *
 * @param packageFolder of the package, whose build is made anew without type declarations
 * @param dependencies taken from the package's own `node_modules`; those of ours are packed as well, with what they depend on
 */
export function packedProject(
  packageFolder: string,
  dependencies: readonly string[],
): PackedProject {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-packed-"));
  const modules = join(folder, "node_modules");
  function install(from: string, names: readonly string[]): void {
    const { name } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
    unpack(from, join(modules, name));
    for (const each of names) {
      const [source, target] = [join(from, "node_modules", each), join(modules, each)];
      if (existsSync(target)) continue;
      if (each.startsWith("@deepgrain/")) {
        const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
        install(realpathSync(source), Object.keys(manifest.dependencies ?? {}));
      } else {
        mkdirSync(dirname(target), { recursive: true });
        symlinkSync(realpathSync(source), target);
      }
    }
  }
  install(packageFolder, dependencies);
  let count = 0;
  return {
    folder,
    async run(code, env = {}) {
      const file = join(folder, `block-${count++}.mjs`);
      writeFileSync(file, (await transform(code, { loader: "ts" })).code);
      const run = promisify(execFile)(process.execPath, [file], {
        cwd: folder,
        env: { ...process.env, ...env },
      });
      return (await run).stdout.trimEnd().split("\n");
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
