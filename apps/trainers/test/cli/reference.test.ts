import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createProgram } from "@deepgrain/command-line/commands/program";
import { runCli } from "@deepgrain/command-line/commands/run-cli";
import { createProgress } from "@deepgrain/command-line/terminal/progress";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { commandsOf } from "../support/all-commands";

/** The output of `deepgrain … --help` on a terminal of 100 columns. */
async function helpOf(path: readonly string[]): Promise<string> {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const code = await runCli(deepgrain, [...path, "--help"], {
    version: "0.0.0",
    columns: 100,
    write,
    writeError: write,
    resolve: (file) => file,
    readInput: async () => new Uint8Array(),
    progress: createProgress(new PassThrough()),
    signal: new AbortController().signal,
  });
  expect(code).toBe(0);
  return text.trimEnd();
}

const all = await commandsOf(deepgrain);
const kebab = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");

/** The words of an example, up to what the shell would take: a comment, a pipe, another command. */
const wordsOf = (example: string): string[] =>
  example
    .split(/ +(?:#|\||<|>|&&)/)[0]!
    .match(/"[^"]*"|'[^']*'|\S+/g)!
    .map((word) => word.replaceAll(/^["']|["']$/g, ""));

describe.each(all)("deepgrain $path", ({ path, command }) => {
  it("prints what it does and every flag", async () => {
    const help = await helpOf(path);
    expect(help).toContain(`Usage: deepgrain ${path.join(" ")}`);
    expect(help.replaceAll(/\s+/g, " ")).toContain(command.description.replaceAll(/\s+/g, " "));
    for (const [name, { kind }] of Object.entries(command.flags))
      expect(help).toContain(kind === "argument" ? kebab(name) : `--${kebab(name)}`);
  });

  it("parses its own examples", async () => {
    expect(command.examples.length).toBeGreaterThan(0);
    const empty = join(await temporaryFolder(), "run.yaml");
    await writeFile(empty, "");
    const resolve = (file: string) => (file === "run.yaml" ? empty : file);
    const options = { version: "0", resolve, write: () => {} };
    for (const example of command.examples) {
      const program = await createProgram(deepgrain, wordsOf(example), options);
      const problem = await program.parse().then(
        () => "",
        ({ message }: Error) => message,
      );
      // Whether the run is there is seen once everything else has been read.
      expect(problem, example).toMatch(
        example.includes("--resume") ? /^$|there is no run in/ : /^$/,
      );
    }
  });
});

it("every command has a path of its own", () => {
  expect(all.length).toBeGreaterThan(60);
  expect(new Set(all.map(({ path }) => path.join(" "))).size).toBe(all.length);
});

const moved = Object.entries(deepgrain.moved ?? {});

it.each(moved)("the old spelling `%s` answers with `%s`", async (old, now) => {
  expect(moved).toHaveLength(10);
  expect(now).toMatch(/^compare /);
  const { code, err } = await call([...old.split(" "), "--quick"]);
  expect(code).toBe(2);
  expect(err).toContain(`is now \`deepgrain ${now}\``);
});
