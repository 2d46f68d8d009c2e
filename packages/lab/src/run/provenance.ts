import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Provenance } from "../study/runs";

const run = promisify(execFile);

/** The commit of the repository around a folder, with `+` where tracked files differ; null outside of one. */
async function commitOf(cwd: string): Promise<string | null> {
  const git = async (...args: string[]) => (await run("git", args, { cwd })).stdout.trim();
  try {
    const commit = await git("rev-parse", "HEAD");
    return (await git("status", "--porcelain", "--untracked-files=no")) ? `${commit}+` : commit;
  } catch {
    return null;
  }
}

/**
 * Where results that are made now come from: commit, Node's version and further ones, and the command line.
 * @param module URL of the study's module; its repository is meant, or that of the working folder
 * @param versions by name, such as those of the packages that a study compares
 */
export async function provenance(
  module: string | undefined,
  versions: Readonly<Record<string, string>> = {},
): Promise<Provenance> {
  const [program = "", script = "", ...args] = process.argv;
  const folder = module?.startsWith("file:") ? dirname(fileURLToPath(module)) : process.cwd();
  return {
    commit: await commitOf(folder),
    versions: { node: process.versions.node, ...versions },
    command: [basename(program), basename(script), ...args].join(" ").trim(),
  };
}
