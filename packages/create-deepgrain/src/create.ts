import { join } from "node:path";
import { templates } from "./templates";
import { writeProject } from "./write-project";

const example = "npm create deepgrain@latest vite my-app";
const names = Object.keys(templates).join(", ");

const help = `Usage: npm create deepgrain@latest <template> <folder>

Writes a small project that runs. Templates:
${Object.entries(templates)
  .map(([name, { is }]) => `  ${name.padEnd(8)}${is}`)
  .join("\n")}

Example: ${example}
`;

/** A folder as a shell reads it. */
const quoted = (folder: string) =>
  /^[\w./~-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;

/**
 * Makes a project, or says how to.
 *
 * @param args of the command: a template and a folder, or `--help`
 * @param folder with a folder per template
 * @returns what to print
 * @throws {Error} one line that says what to do, for arguments that are not understood, a folder that is taken, and a disk
 *   that fails
 */
export async function create(args: readonly string[], folder: string): Promise<string> {
  if (args.includes("--help") || args.includes("-h")) return help;
  const option = args.find((each) => each.startsWith("-"));
  if (option !== undefined)
    throw new Error(`unknown option ${JSON.stringify(option)}: call it as ${example}`);
  const [name, target, ...more] = args;
  if (name === undefined)
    throw new Error(`expected a template (${names}) and a folder, such as ${example}`);
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (template === undefined)
    throw new Error(
      `unknown template ${JSON.stringify(name)}: expected one of ${names}, such as ${example}`,
    );
  if (!target || more.length > 0)
    throw new Error(
      `expected one folder after the template, got ${more.length + Number(Boolean(target))}, such as npm create deepgrain@latest ${name} my-app`,
    );
  if (/\p{Cc}/u.test(target))
    throw new Error(`the folder ${JSON.stringify(target)} has control characters: name another`);
  await writeProject(join(folder, name), target);
  return `${JSON.stringify(target)} is ready: ${template.is}. Next:\n\n  cd ${quoted(target)}\n  npm install\n  ${template.run}\n`;
}
