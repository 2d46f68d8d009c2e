import { execFileSync } from "node:child_process";
import { constants, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The project in which the adapters are tested. */
export const libraries = ["@huggingface/transformers@4.3.1", "node-llama-cpp@3.22.1"];

const binary = `@node-llama-cpp/${process.platform === "darwin" ? "mac" : "linux"}-${process.arch}@3.22.1`;

function emptyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-libraries-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return folder;
}

/** A new project with a copy of the packages of another one, from which it only reads. */
export function copiedProject(from: string): string {
  const folder = emptyProject();
  cpSync(join(from, "node_modules"), join(folder, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true, // they stay inside
    mode: constants.COPYFILE_FICLONE,
  });
  return folder;
}

/** A new project in which the libraries are installed, or why they cannot be. */
export function installedProject(): string | Error {
  const folder = emptyProject();
  // Optional packages are several builds for graphics processors, and the one build of sharp that transformers.js needs.
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"];
  const install = (...names: string[]) =>
    execFileSync("npm", ["install", ...quiet, ...names], { cwd: folder, stdio: "pipe" });
  try {
    install(...libraries, binary);
    const sharp = readFileSync(join(folder, "node_modules/sharp/package.json"), "utf8");
    const builds: Record<string, string> = JSON.parse(sharp).optionalDependencies;
    const own = Object.entries(builds).filter(([name]) =>
      name.endsWith(`-${process.platform}-${process.arch}`),
    );
    install(...own.map(([name, version]) => `${name}@${version}`));
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return error as Error;
  }
}
