import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };

const versions = packageJson.peerDependencies;

type OnUse = keyof typeof versions;

/** Packages that few commands need and that are not installed with the rest: by name, all that are needed with them. */
const onUse: Readonly<Record<string, readonly OnUse[]>> = {
  bullmq: ["bullmq", "ioredis"],
  ioredis: ["bullmq", "ioredis"],
  pyodide: ["pyodide"],
  sucrase: ["sucrase"],
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

/**
 * The text for an error; for a package that is installed on use, with the command that installs it beside this program.
 * @param error also its causes are looked at
 * @param program path of this program
 */
export function withInstallHint(
  text: string,
  error: unknown,
  program = fileURLToPath(import.meta.url),
): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const name = (saidByNode.exec(at.message) ?? saidByUs.exec(at.message))?.[1];
    const names = onUse[name ?? ""];
    if (!names) continue;
    const specs = names.map((own) => `${own}@${versions[own]}`).join(" ");
    const problem = saidByNode.test(text) ? `this needs ${name}, which is installed on use` : text;
    return `${problem}; run: npm i ${whereIs(program)}${specs}`;
  }
  return text;
}
