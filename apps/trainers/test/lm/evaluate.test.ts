import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "@deepgrain/command-line/terminal/listen";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { createHandler } from "@deepgrain/serve";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";

const guide = new URL("../../../../docs/guides/evaluate-a-model.md", import.meta.url);

/** Rows in the form of each published set. */
const rows: Record<string, object[]> = {
  sst2: Array.from({ length: 8 }, (_, i) => ({ sentence: `film ${i}`, label: i % 2 })),
  trec: Array.from({ length: 9 }, (_, i) => ({ text: `why ${i}`, coarse_label: i % 6 })),
  gsm8k: Array.from({ length: 7 }, (_, i) => ({
    question: `${i} + 1`,
    answer: `so #### ${i + 1}`,
  })),
  svamp: Array.from({ length: 6 }, (_, i) => ({ Body: `${i} fish.`, Question: "All?", Answer: i })),
};

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
  await writeTinyModel(join(cwd, "m"));
  for (const [, json] of (await readFile(guide, "utf8")).matchAll(/```json\n(.*?)```/gs)) {
    const task = JSON.parse(json!);
    // The tiny model reads 128 tokens of one byte each.
    const small = { ...task, shots: 1, maxNewTokens: task.maxNewTokens && 8 };
    await writeFile(join(cwd, `${task.name}.json`), JSON.stringify(small));
    await writeFile(join(cwd, `${task.name}.jsonl`), jsonLines(rows[task.name]!));
  }
  return () => rm(cwd, { recursive: true, force: true });
});

const evaluate = (...args: string[]) => call(["evaluate", ...args], { cwd });
const asked = (name: string, ...more: string[]) => [
  "--tasks",
  `${name}.json`,
  "--data",
  `${name}.jsonl`,
  ...more,
];

async function result(...args: string[]) {
  const { code, out, err } = await evaluate(...args, "--json");
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

describe("evaluate", () => {
  it.each(["sst2", "trec", "gsm8k", "svamp"])("runs the guide's task %s", async (name) => {
    const { task, acc } = await result(...asked(name, "--model", "m"));
    expect(task).toBe(name);
    expect(acc.total).toBe(rows[name]!.length);
    const [low, high] = acc.interval;
    expect(low).toBeLessThanOrEqual(acc.share);
    expect(high).toBeGreaterThanOrEqual(acc.share);
  });

  it("prints both shares with exact intervals", async () => {
    const { out } = await evaluate(...asked("sst2", "--model", "m"));
    expect(out).toMatch(
      /^acc {6}\d+\.\d\d % {2}\[\d+\.\d\d %, \d+\.\d\d %\] {2}\d of 8\nacc_norm /,
    );
  });

  it("goes on where it was stopped, to the same rows, and refuses rows of other settings", async () => {
    const args = asked("trec", "--model", "m", "--out", "rows.jsonl");
    const whole = await result(...args);
    const file = join(cwd, "rows.jsonl");
    const text = await readFile(file, "utf8");
    const lines = text.split("\n");
    await writeFile(file, `${lines.slice(0, 4).join("\n")}\n${lines[4]!.slice(0, 20)}`);
    const { code, out, err } = await evaluate(...args, "--json");
    expect(code, err).toBe(0);
    expect(err).toContain("goes on after 4 rows");
    expect(JSON.parse(out)).toEqual(whole);
    expect(await readFile(file, "utf8")).toBe(text);
    const other = await evaluate(...args, "--seed", "1");
    expect(other.code).toBe(2);
    expect(other.err).toContain("was begun with another seed");
  });

  it("scores an endpoint with echo and logprobs as the model in it", async () => {
    const model = (await loadModel(join(cwd, "m"))).eval();
    const handler = createHandler({
      tiny: { model, tokenizer: await loadTokenizer(join(cwd, "m")) },
    });
    const server = await listen(handler, {
      host: "127.0.0.1",
      port: 0,
      headerTimeoutMs: 10_000,
      maxConnections: 10,
    });
    const there = ["--endpoint", `${server.url}/v1`, "--endpoint-model", "tiny"];
    try {
      const own = await result(...asked("sst2", "--model", "m", "--out", "own.jsonl"));
      expect(await result(...asked("sst2", ...there, "--out", "there.jsonl"))).toEqual(own);
      const [one, two] = await Promise.all(
        ["own", "there"].map((name) => readFile(join(cwd, `${name}.jsonl`), "utf8")),
      );
      const first = JSON.parse(one!.split("\n")[0]!).logLikelihoods;
      const second = JSON.parse(two!.split("\n")[0]!).logLikelihoods;
      for (const [i, sum] of first.entries()) expect(second[i]).toBeCloseTo(sum, 3);
      expect(await result(...asked("svamp", ...there))).toEqual(
        await result(...asked("svamp", "--model", "m")),
      );
    } finally {
      await handler.close();
      await server.close();
    }
  });

  it("refuses bad tasks and rows, naming file, row and key", async () => {
    const write = (name: string, value: object) =>
      writeFile(join(cwd, name), JSON.stringify(value));
    const task = JSON.parse(await readFile(join(cwd, "sst2.json"), "utf8"));
    await write("equal.json", { ...task, choices: ["good", "good"] });
    await write("unknown.json", { ...task, chioces: [] });
    await write("checker.json", {
      ...JSON.parse(await readFile(join(cwd, "svamp.json"), "utf8")),
      checker: "mine",
    });
    await writeFile(
      join(cwd, "short.jsonl"),
      `${jsonLines(rows.sst2!.slice(0, 2))}\n{"label":1}\n`,
    );
    await writeFile(join(cwd, "no.jsonl"), "[1]\n");
    const cases: [string[], string][] = [
      [
        ["--tasks", "equal.json", "--data", "sst2.jsonl"],
        'equal.json: choices 0 and 1 are equal: "good"',
      ],
      [["--tasks", "unknown.json", "--data", "sst2.jsonl"], "unknown.json: chioces is no key"],
      [
        ["--tasks", "checker.json", "--data", "svamp.jsonl"],
        "checker.json: checker must be exact, gsm8k or math",
      ],
      [
        ["--tasks", "sst2.json", "--data", "short.jsonl", "--shots", "0"],
        "the row has no text or number sentence",
      ],
      [["--tasks", "sst2.json", "--data", "no.jsonl"], "no.jsonl: line 1: a row must be an object"],
      [["--tasks", "svamp.json", "--data", "svamp.jsonl", "--chat"], "template"],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await evaluate(...args, "--model", "m");
      expect([code, err]).toEqual([1, expect.stringContaining(message)]);
    }
    const { err } = await evaluate(
      "--tasks",
      "sst2.json",
      "--data",
      "short.jsonl",
      "--shots",
      "0",
      "--model",
      "m",
    );
    expect(err).toMatch(/short\.jsonl: line [34]: /);
    const usage = await evaluate(...asked("sst2"));
    expect([usage.code, usage.err]).toEqual([
      2,
      expect.stringContaining("give either --model or --endpoint"),
    ]);
  });
});
