import { nodeChildProcess, nodeUrl } from "./node-modules";
import { fileNameOf, folderOf } from "./paths";

/** Where a result comes from. */
export interface Provenance {
  /** Commit of the code, `+` appended where files differed from it; null outside of a repository. */
  commit: string | null;
  /** Versions by name: Node's and what the caller adds. */
  versions: Readonly<Record<string, string>>;
  /** The command line. */
  command: string;
}

function git(cwd: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    nodeChildProcess().execFile("git", args, { cwd }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
  });
}

/** The commit of the repository around a folder, with `+` where tracked files differ; null outside of one. */
async function commitOf(folder: string): Promise<string | null> {
  try {
    const commit = await git(folder, "rev-parse", "HEAD");
    const changes = await git(folder, "status", "--porcelain", "--untracked-files=no");
    return changes === "" ? commit : `${commit}+`;
  } catch {
    return null;
  }
}

/**
 * Where results that are made now come from: commit, Node's version and further ones, and the command line.
 *
 * @param module URL of a module whose repository is meant; undefined for that of the working folder
 * @param versions by name, such as those of compared packages
 */
export async function provenance(
  module: string | undefined,
  versions: Readonly<Record<string, string>> = {},
): Promise<Provenance> {
  const [program = "", script = "", ...args] = process.argv;
  const folder = module?.startsWith("file:") ? folderOf(nodeUrl().fileURLToPath(module)) : ".";
  return {
    commit: await commitOf(folder),
    versions: { node: process.versions.node, ...versions },
    command: [fileNameOf(program), fileNameOf(script), ...args].join(" ").trim(),
  };
}
