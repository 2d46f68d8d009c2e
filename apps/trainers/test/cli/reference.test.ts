import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { CommandGroup } from "../../src/cli/define-command";
import { createProgress } from "../../src/cli/progress";
import { runCli } from "../../src/cli/run-cli";
import { deepgrain } from "../../src/commands";

/** What `deepgrain … --help` prints on a terminal of 100 columns. */
async function helpOf(path: readonly string[]): Promise<string> {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const code = await runCli(deepgrain, [...path, "--help"], {
    ...{ version: "0.0.0", columns: 100, write, writeError: write },
    resolve: (file) => file,
    readInput: async () => new Uint8Array(),
    progress: createProgress(new PassThrough()),
    signal: new AbortController().signal,
  });
  expect(code).toBe(0);
  return text.trimEnd();
}

/** The paths of a group, of its commands and of its groups' commands. */
async function pathsOf(group: CommandGroup, path: readonly string[] = []): Promise<string[][]> {
  const paths = [[...path]];
  for (const [name, { load }] of Object.entries(group.commands)) {
    const loaded = await load();
    const own = [...path, name];
    paths.push(...(loaded.kind === "group" ? await pathsOf(loaded, own) : [own]));
  }
  return paths;
}

const INTRODUCTION = `# The command line

Every command with its flags, as \`--help\` prints them: this page is made from the flags
(\`npx vitest run test/cli/reference.test.ts -u\` in \`apps/trainers\`), and a test compares the two.`;

describe("docs/commands.md", () => {
  it("says of every command what --help says", async () => {
    const sections: string[] = [];
    for (const path of await pathsOf(deepgrain)) {
      const name = ["deepgrain", ...path].join(" ");
      sections.push(`## ${name}\n\n\`\`\`text\n${await helpOf(path)}\n\`\`\``);
    }
    const page = [INTRODUCTION, ...sections].join("\n\n");
    await expect(`${page}\n`).toMatchFileSnapshot("../../../../docs/commands.md");
    expect(page).toContain("--max-new-tokens <n>");
  });
});
