// The page of commands: what `deepgrain … --help` prints for every command, written by `npm run docs`.
import { spawnSync } from "node:child_process";

const MAIN = "apps/trainers/dist/main.js";
const INTRODUCTION =
  "# The command line\n\nEvery command with its flags, as `--help` prints them; `npm run docs` writes this page.";

function helpOf(path) {
  const { status, stdout, stderr } = spawnSync("node", [MAIN, ...path, "--help"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`deepgrain ${path.join(" ")} --help: ${stderr}`);
  return stdout.trimEnd();
}

/** The names below "Commands:" of a help text. */
function commandsIn(help) {
  const [, list = ""] = help.split("\nCommands:\n");
  return [...list.matchAll(/^ {2}([\w-]+) /gm)].map(([, name]) => name);
}

function sectionsOf(path) {
  const help = helpOf(path);
  const own = `## ${["deepgrain", ...path].join(" ")}\n\n\`\`\`text\n${help}\n\`\`\``;
  return [own, ...commandsIn(help).flatMap((name) => sectionsOf([...path, name]))];
}

/** @returns the page as Markdown; the command line must have been built */
export const commandsPage = () => `${[INTRODUCTION, ...sectionsOf([])].join("\n\n")}\n`;
