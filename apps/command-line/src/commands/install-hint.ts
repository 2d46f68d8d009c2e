import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Packages that are of use only with another. */
const together: Readonly<Record<string, readonly string[]>> = {
  bullmq: ["bullmq", "ioredis"],
  ioredis: ["bullmq", "ioredis"],
};

/** How Node, and how our packages, say that a package is missing. */
const saidByNode = /Cannot find (?:package|module) '([^']+)'/;
const saidByUs = /\bnpm i ([\w-]+)@/;

/** Where npm installs beside this program: its project or npx's folder, or npm's global folder. */
function whereIs(program: string): string {
  const at = program.indexOf(`${sep}node_modules${sep}`);
  if (at < 0) return "";
  const root = program.slice(0, at);
  return existsSync(join(root, "package.json")) ? `--prefix ${root} ` : "-g ";
}

interface InstallHints {
  /** Versions, or ranges from one on, of the packages that few commands need and that are not installed with the rest. */
  versions?: Readonly<Record<string, string>> | undefined;
  /** Path of this program. */
  program?: string | undefined;
}

/**
 * The text for an error; for a package that is installed on use, with the command that installs it beside this program.
 * @param error also its causes are looked at
 */
export function withInstallHint(
  text: string,
  error: unknown,
  { versions = {}, program = fileURLToPath(import.meta.url) }: InstallHints = {},
): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const name = (saidByNode.exec(at.message) ?? saidByUs.exec(at.message))?.[1];
    if (name === undefined || versions[name] === undefined) continue;
    const lowest = (own: string) => `${own}@${versions[own]?.replace("^", "")}`;
    const specs = (together[name] ?? [name]).map(lowest).join(" ");
    const problem = saidByNode.test(text) ? `this needs ${name}, which is installed on use` : text;
    return `${problem}; run: npm i ${whereIs(program)}${specs}`;
  }
  return text;
}
