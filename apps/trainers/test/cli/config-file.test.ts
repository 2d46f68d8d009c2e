import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { runCli } from "@deepgrain/command-line/commands/run-cli";
import { configSchema } from "@deepgrain/command-line/configuration/config-schema";
import * as flags from "@deepgrain/command-line/flags/flags";
import { createProgress } from "@deepgrain/command-line/terminal/progress";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { deepgrain } from "../../src/commands";
import { commandsOf } from "../support/all-commands";

const folder = join(tmpdir(), `deepgrain-config-${process.pid}`);
beforeAll(() => mkdir(folder, { recursive: true }));
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = defineCommand({
  summary: "trains",
  description: "Trains.",
  examples: ["train --config run.yaml"],
  isTraining: true,
  flags: {
    model: flags.folder({
      required: true,
      isMade: true,
      official: "base_model_path",
      help: "Model",
    }),
    steps: flags.whole({ min: 1, default: 10, help: "Steps" }),
    lr: flags.real({ max: 1, default: 0.1, help: "Rate" }),
    schedule: flags.choice(["cosine", "constant"], { default: "cosine", help: "Schedule" }),
    maxLength: flags.whole({ min: 1, help: "Longest" }),
    sizes: flags.numbers({ whole: true, help: "Sizes" }),
    names: flags.tokens({ help: "Names" }),
    stop: flags.repeated(flags.text({ help: "Ends" })),
    merge: flags.flag({ help: "Merge" }),
    weights: flags.toggle({ default: true, help: "Weigh", negated: "Do not" }),
    worldSize: flags.idle({ because: "one process does all the work" }),
    json: flags.flag({ help: "JSON" }),
  },
  async run(values, { write }) {
    write(JSON.stringify(values));
  },
});
const root = defineGroup("For tests.", { train });

async function call(...args: string[]) {
  let [out, err] = ["", ""];
  const code = await runCli(root, ["train", ...args], {
    version: "1.2.3",
    resolve: (path) => (path.startsWith("/") ? path : `/from/${path}`),
    readInput: async () => new Uint8Array(),
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    progress: createProgress(new PassThrough()),
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

async function config(text: string, name = "run.yaml"): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const YAML = `# a run
model: base
steps: 7
lr: 5e-2
max-length: 64
sizes: [1, 2]
names:
  - a
  - b
stop: ["x, y", z]
merge: true
weights: false
`;

describe("a configuration file", () => {
  it("gives flags by their names, and what is typed wins", async () => {
    const expected = {
      model: "/from/base",
      steps: 7,
      lr: 0.05,
      schedule: "cosine",
      maxLength: 64,
      sizes: [1, 2],
      names: ["a", "b"],
      stop: ["x, y", "z"],
      merge: true,
      weights: false,
      json: false,
    };
    const path = await config(YAML);
    expect(JSON.parse((await call("--config", path)).out)).toEqual(expected);
    const typed = ["--steps", "9", "--stop", "w", "--weights", "--base_model_path", "other"];
    expect(JSON.parse((await call("--config", path, ...typed)).out)).toEqual({
      ...expected,
      model: "/from/other",
      steps: 9,
      stop: ["w"],
      weights: true,
    });
  });

  it("may be JSON, indented by tabs, or empty", async () => {
    const path = await config('{\n\t"model": "m",\n\t"steps": 3\n}\n', "run.json");
    expect(JSON.parse((await call("--config", path)).out)).toMatchObject({ steps: 3 });
    const empty = await config("# nothing\n");
    const { out } = await call("--config", empty, "--model", "m");
    expect(JSON.parse(out)).toMatchObject({ steps: 10, model: "/from/m" });
  });

  it.each([
    ["model: m\nstep: 3\n", 2, 'there is no flag "step"'],
    ["model: m\nmax_length: 3\n", 2, 'there is no flag "max_length"; write max-length'],
    ["config: other.yaml\n", 1, 'there is no flag "config"'],
    ["world-size: 8\n", 1, 'there is no flag "world-size"'],
    ["<<: {steps: 3}\n", 1, 'there is no flag "<<"'],
    ["steps: many\n", 1, 'steps must be a whole number, got "many"'],
    ['model: m\n\nsteps: "3"\n', 3, 'steps must be a whole number, got "3"'],
    ["steps: 1.5\n", 1, "steps must be a whole number of at least 1"],
    ["steps: 0\n", 1, "steps must be a whole number of at least 1"],
    ["steps:\n", 1, "steps must be a whole number, got null"],
    ["lr: .inf\n", 1, "lr must be a finite number from 0 to 1"],
    ["lr: .nan\n", 1, "lr must be a finite number from 0 to 1"],
    ["model: 5\n", 1, "model must be text, got 5"],
    ["model: {a: 1}\n", 1, "model must be text, got an object"],
    ["schedule: linear\n", 1, "schedule must be one of cosine, constant"],
    ["merge: yes\n", 1, 'merge must be true or false, got "yes"'],
    ["sizes: [1, a]\n", 1, 'sizes must be a whole number, got "a"'],
    ["sizes: []\n", 1, "sizes must be a list, got []"],
    ["model: &a m\nstop: [*a]\n", 2, "stop must be text, got an object"],
    ["steps: 3\nsteps: 4\n", 2, "neither YAML nor JSON: Map keys must be unique"],
    ["model: [m\nsteps: 3\n", 2, "neither YAML nor JSON"],
    ["- steps\n", 1, "must be keys and values"],
  ])("is refused with file, line and key: %j", async (text, line, message) => {
    const path = await config(text);
    const { code, out, err } = await call("--model", "m", "--config", path);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`${path}:${line}: ${message}`);
  });

  it("may give a list as the command line does: one text, or its only number", async () => {
    for (const [sizes, expected] of [
      ["sizes: 1,2", [1, 2]],
      ["sizes: 4", [4]],
    ] as const) {
      const { out } = await call("--model", "m", "--config", await config(`${sizes}\n`));
      expect(JSON.parse(out)).toMatchObject({ sizes: expected });
    }
    const repeated = await call("--model", "m", "--config", await config("stop: a,b\n"));
    expect(JSON.parse(repeated.out)).toMatchObject({ stop: ["a,b"] });
    const wrong = await call("--model", "m", "--config", await config("sizes: 1,x\n"));
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining(":1: sizes") });
  });

  it("is refused where it is missing, too large or nested without end", async () => {
    expect(await call("--config", "none.yaml")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--config: there is no /from/none.yaml"),
    });
    const large = await config(`model: ${"x".repeat(65_536)}\n`);
    expect((await call("--config", large)).err).toContain("at most 65536 are read");
    const signs = await config(`${"? ".repeat(400)}a\n`.repeat(500));
    expect((await call("--config", signs)).err).toContain("at most 65536 are read");
    const deep = await config(`sizes: ${"[".repeat(50_000)}\n`);
    expect((await call("--config", deep)).code).toBe(2);
  });

  it.each([
    ["? ? ? over all lines", "? ? ? a\n".repeat(501)],
    ["- - - over all lines", `sizes:\n${"- - - 1\n".repeat(501)}`],
    [": : : over all lines", ": : : a\n".repeat(501)],
    ["mixed signs", ` -\t? :  - a\n`.repeat(334)],
    ["signs of one line", `a: ${"? ".repeat(1000)}\n`],
    ["brackets over all lines", "a: [{\n".repeat(500)],
  ])("is refused by its count of %s", async (_, text) => {
    const { code, err } = await call("--config", await config(text));
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining("more lists in lists than a configuration has"),
    });
  });

  it.each([
    ["? ", "? ".repeat(200)],
    ["{", "{".repeat(200)],
    ["a list", "steps: 1\n? [1, 2]\n: 3\n"],
    ["an alias", "model: &a steps\n*a : 3\n"],
  ])("is refused where a key is none: %s", async (_, text) => {
    const { code, err } = await call("--config", await config(text));
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/:\d: (a key must be the name of a flag|neither YAML nor JSON)/),
    });
  });

  it.each([
    ["? ? ? up to the limit", "? ? ? a\n".repeat(500)],
    ["a list of many items", `names:\n${"- a\n".repeat(15_000)}`],
  ])("is parsed with %s", async (_, text) => {
    const { err } = await call("--model", "m", "--config", await config(text));
    expect(err).not.toContain("more lists in lists");
  });

  it.each([
    ["different keys", Array.from({ length: 7000 }, (_, i) => `k${i}: 1\n`).join("")],
    [
      "keys in one value",
      `names: {${Array.from({ length: 7000 }, (_, i) => `k${i}: 1,`).join("")}}\n`,
    ],
    ["errors", "]".repeat(65_000)],
    ["tags", `names: ${"!x ".repeat(20_000)}1\n`],
    ["anchors", `names: ${"&x ".repeat(20_000)}1\n`],
    [
      "lists within lists by indentation",
      Array.from({ length: 360 }, (_, i) => `${" ".repeat(i)}-\n`).join(""),
    ],
    ["null as a key", ": a\n"],
  ])("ends with a message about its many %s", async (_, text) => {
    const path = await config(text);
    const { code, out, err } = await call("--model", "m", "--config", path);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`${path}:`);
  });
});

const trainings = (await commandsOf(deepgrain)).filter(({ command }) => command.isTraining);

it("is read by every command that trains", () => {
  expect(trainings.map(({ path }) => path.join(" ")).sort()).toEqual(
    [
      ...["align dpo", "align grpo", "align kto", "align orpo", "align ppo"],
      ...["align reward", "align sft", "align simpo"],
      ...["anchors reweight", "anchors train", "coder grpo", "esft train", "extend"],
      ...["fed coordinator", "fed lm", "fed simulate", "prm ppo", "prm train", "pretrain"],
      ...["purify attack", "purify train", "renode train", "start"],
    ].sort(),
  );
});

describe.each(trainings)("the schema of $path", ({ path, command }) => {
  const schema = configSchema(path, command);

  it("is the one that is published", async () => {
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../schemas/${path.join("-")}.json`);
  });

  it("takes the defaults of all flags, and refuses an unknown key and a wrong type", () => {
    const published = JSON.parse(JSON.stringify(schema));
    const form = z.fromJSONSchema(published);
    const fields = Object.entries(
      published.properties as Record<string, { default?: unknown; type: string }>,
    );
    const defaults = fields.flatMap(([key, { default: value }]) =>
      value === undefined ? [] : [[key, value]],
    );
    expect(form.safeParse(Object.fromEntries(defaults)).error).toBeUndefined();
    expect(form.safeParse({ unheard: 1 }).success).toBe(false);
    for (const [key, { type }] of fields) {
      const wrong = type === "object" ? 1 : {};
      expect(form.safeParse({ [key]: wrong }).success, key).toBe(false);
    }
  });
});
