import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createRandom, loadModel } from "@deepgrain/lm";
import { listCheckpoints } from "@deepgrain/trainer";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";

/** A job of a few seconds that goes through every stage. */
const tiny = {
  text: { characters: 60_000, validationBlocks: 8 },
  tokenizer: { vocabSize: 384 },
  model: {
    hiddenSize: 32,
    layers: 3,
    heads: 2,
    denseSize: 64,
    expertSize: 16,
    experts: 8,
    topK: 2,
  },
  pretrain: {
    steps: 40,
    batchSize: 4,
    sequenceLength: 48,
    warmup: 4,
    evaluateEvery: 10,
    checkpointEvery: 4,
  },
  sampling: { words: 20 },
  task: { questions: 8, samples: 1 },
  select: { sampleTokens: 1024 },
  tune: {
    steps: 16,
    batchSize: 4,
    sequenceLength: 96,
    warmup: 2,
    evaluateEvery: 8,
    checkpointEvery: 4,
  },
};

let main: string;
beforeAll(async () => {
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

function start(cwd: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [main, "start", ...args], {
    env: { ...process.env, INIT_CWD: cwd },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function finish(
  child: ChildProcess,
): Promise<{ code: number | null; out: string; err: string }> {
  let [out, err] = ["", ""];
  child.stdout!.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr!.on("data", (chunk) => {
    err += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

/** Everything of a result that does not depend on the clock. */
async function outcome(run: string): Promise<unknown> {
  const names = ["tokenizer", "pretrain", "scores", "esft", "full"];
  const results = await Promise.all(
    names.map(async (name) =>
      JSON.parse(await readFile(join(run, "results", `${name}.json`), "utf8")),
    ),
  );
  const metrics = (await readFile(join(run, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), seconds: 0, time: "" }));
  return { results: results.map((result) => ({ ...result, seconds: 0 })), metrics };
}

/** Every complete checkpoint and model folder can be loaded. */
async function expectLoadable(run: string): Promise<number> {
  const folders = ["base", "full"]
    .map((name) => join(run, name))
    .filter((path) => existsSync(path));
  const checkpoints = join(run, "checkpoints");
  for (const stage of existsSync(checkpoints) ? readdirSync(checkpoints) : [])
    for (const { path } of await listCheckpoints(join(checkpoints, stage))) folders.push(path);
  for (const folder of folders) (await loadModel(folder)).dispose();
  return folders.length;
}

/** Lines of a run's metrics. */
async function linesOf(run: string): Promise<number> {
  const text = await readFile(join(run, "metrics.jsonl"), "utf8").catch(() => "");
  return text.split("\n").length - 1;
}

/** Runs it whole. @returns the lines of its metrics */
async function undisturbed(cwd: string): Promise<number> {
  await writeFile(join(cwd, "tiny.json"), JSON.stringify(tiny));
  const { code, out, err } = await finish(
    start(cwd, "--quick", "--name", "whole", "--settings", "tiny.json"),
  );
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  expect(out).toBe(`${join(cwd, "runs", "whole", "report.html")}\n`);
  const stages = err.split("\n").flatMap((line) => /^(.+) done · /.exec(line)?.[1] ?? []);
  expect(stages).toContain("Experts used by the task");
  expect(stages).toEqual([...new Set(stages)]); // each is named once
  expect(err).not.toContain("Ġ");
  const results = join(cwd, "runs", "whole", "results");
  const switched = JSON.parse(await readFile(join(results, "switch.json"), "utf8"));
  expect(switched.isRestored).toBe(true); // the adapter off, on and off again
  return linesOf(join(cwd, "runs", "whole"));
}

describe("the main job", () => {
  it("ends in the same result when it is killed again and again, and its state always loads", async () => {
    const cwd = await temporaryFolder();
    const wholeLines = await undisturbed(cwd);
    const random = createRandom(7).next;
    const run = join(cwd, "runs", "killed");
    let [kills, loaded] = [0, 0];
    for (let attempt = 0; ; attempt++) {
      const isFirst = !existsSync(join(run, "config.json"));
      const child = start(
        cwd,
        "--name",
        "killed",
        ...(isFirst ? ["--quick", "--settings", "tiny.json"] : ["--resume"]),
      );
      const ended = finish(child);
      // At some moment after it has gone on by up to a quarter, however long that takes.
      const goal = (await linesOf(run)) + Math.ceil((wholeLines / 4) * random());
      const laterMs = 100 * random();
      while (attempt < 10 && child.exitCode === null && (await linesOf(run)) < goal)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, laterMs));
      if (attempt < 10) child.kill("SIGKILL");
      const { code, err } = await ended;
      loaded += await expectLoadable(run);
      if (code === 0) break;
      expect(child.signalCode, err).toBe("SIGKILL");
      kills++;
    }
    expect(kills).toBeGreaterThan(0);
    expect(loaded).toBeGreaterThan(0);
    expect(await outcome(run)).toEqual(await outcome(join(cwd, "runs", "whole")));
  });

  it("stops on Ctrl-C with a checkpoint and exit code 130, and goes on from there", async () => {
    const cwd = await temporaryFolder();
    await undisturbed(cwd);
    const child = start(cwd, "--quick", "--name", "stopped", "--settings", "tiny.json");
    const ended = finish(child);
    const run = join(cwd, "runs", "stopped");
    const metrics = join(run, "metrics.jsonl");
    while (!(existsSync(metrics) && (await readFile(metrics, "utf8")).includes('"step":5')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGINT");
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 130, out: "" });
    expect(err).toContain("--resume --name stopped");
    expect(await expectLoadable(run)).toBeGreaterThan(0);
    const resumed = await finish(start(cwd, "--resume", "--json"));
    expect(resumed.code, resumed.err).toBe(0);
    expect(JSON.parse(resumed.out)).toMatchObject({ run });
    expect(await outcome(run)).toEqual(await outcome(join(cwd, "runs", "whole")));
  });
});
