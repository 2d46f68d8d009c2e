import { rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drain, LabError, runStudy, type StudyEvent, study } from "@deepgrain/lab";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { type CoinResult, coins, flip } from "../support/coin-study";

const seeds = [1, 2, 3];
const runFile = (folder: string, variant: string, seed: number) =>
  join(folder, "runs", variant, `seed-${seed}.json`);
const started = (events: readonly StudyEvent[]) =>
  events.flatMap((event) => (event.type === "run-start" ? [event.name] : []));

async function runAll(folder: string, options = {}) {
  const events: StudyEvent[] = [];
  const runs = await drain(runStudy(coins, { folder, seeds, ...options }), (event) =>
    events.push(event),
  );
  return { runs, events };
}

describe("a study in a folder", () => {
  it("runs every variant at every seed, seed by seed, and tells what happens", async () => {
    const folder = await temporaryFolder();
    const { runs, events } = await runAll(folder);
    expect(runs.runs.map(({ variant, seed }) => `${variant} ${seed}`)).toEqual([
      "fair 1",
      "loaded 1",
      "fair 2",
      "loaded 2",
      "fair 3",
      "loaded 3",
    ]);
    expect(events[0]).toEqual({ type: "study-start", total: 6, found: 0 });
    expect(started(events)).toHaveLength(6);
    expect(events.filter(({ type }) => type === "run-event")).toHaveLength(18);
    const last = events.findLast((event) => event.type === "run-end")!;
    expect(last).toMatchObject({ name: "seed 3, Loaded", done: 1, secondsLeft: 0, running: [] });
    expect(events.at(-1)).toEqual({ type: "study-end", runs });
  });

  it("writes one file per run with commit, versions, seed and command", async () => {
    const folder = await temporaryFolder();
    await runAll(folder, { versions: { coin: "1.2.3" } });
    const file = JSON.parse(await readFile(runFile(folder, "fair", 2), "utf8"));
    expect(file).toMatchObject({ study: "coins", variant: "fair", seed: 2 });
    expect(file.result.score).toBeGreaterThan(1);
    expect(file.provenance.commit).toMatch(/^[0-9a-f]{40}\+?$/);
    expect(file.provenance.versions).toEqual({ node: process.versions.node, coin: "1.2.3" });
    expect(file.provenance.command).toContain("node");
    expect(await readdir(folder)).toEqual(["runs", "study.json"]);
  });

  it("does not run again what is finished, and gives the same runs", async () => {
    const folder = await temporaryFolder();
    const first = await runAll(folder);
    const { mtimeMs } = await stat(runFile(folder, "fair", 1));
    await rm(runFile(folder, "loaded", 2));
    const again = await runAll(folder);
    expect(started(again.events)).toEqual(["seed 2, Loaded"]);
    expect((await stat(runFile(folder, "fair", 1))).mtimeMs).toBe(mtimeMs);
    const withoutTime = (runs: typeof first.runs) => runs.runs.map(({ seconds, ...rest }) => rest);
    expect(withoutTime(again.runs)).toEqual(withoutTime(first.runs));
  });

  it.each([
    ["is cut off", (text: string) => text.slice(0, 40)],
    ["is another seed's", (text: string) => text.replace('"seed": 2', '"seed": 1')],
    [
      "is of other settings",
      (text: string) => text.replace(/"fingerprint": "./, '"fingerprint": "x'),
    ],
    ["has no result", (text: string) => text.replace('"result"', '"outcome"')],
    ["is not an object", () => "null"],
  ])("runs a run again whose file %s, and says so", async (_, damage) => {
    const folder = await temporaryFolder();
    const { runs } = await runAll(folder);
    const path = runFile(folder, "fair", 2);
    await writeFile(path, damage(await readFile(path, "utf8")));
    const again = await runAll(folder);
    expect(again.events[0]).toMatchObject({ type: "run-damaged", name: "seed 2, Fair", path });
    expect(started(again.events)).toEqual(["seed 2, Fair"]);
    expect(again.runs.runs.map(({ result }) => result)).toEqual(
      runs.runs.map(({ result }) => result),
    );
  });

  it("runs a run again whose result the study's own check refuses", async () => {
    const folder = await temporaryFolder();
    await runAll(folder);
    const parse = (value: unknown) => {
      const result = value as CoinResult;
      if (result.score > 2) throw new Error("score must be at most 2");
      return result;
    };
    const events: StudyEvent[] = [];
    const strict = runStudy({ ...coins, parse }, { folder, seeds: [1] });
    await expect(drain(strict, (event) => events.push(event))).rejects.toThrow(
      "seed 1, Loaded failed: score must be at most 2",
    );
    expect(events[0]).toMatchObject({ type: "run-damaged", reason: "score must be at most 2" });
  });

  it("refuses a folder with other settings, another study, or strangers' files", async () => {
    const folder = await temporaryFolder();
    await runAll(folder);
    const code = (work: AsyncGenerator<unknown, unknown, void>) =>
      drain(work).then(
        () => "none",
        (error: LabError) => [error.code, error.message],
      );
    expect(await code(runStudy(coins, { folder, seeds, settings: { steps: 4 } }))).toEqual([
      "ERR_CHANGED",
      expect.stringContaining("(steps)"),
    ]);
    expect(await code(runStudy({ ...coins, version: 2 }, { folder, seeds }))).toEqual([
      "ERR_CHANGED",
      expect.stringContaining("version 1 instead of 2"),
    ]);
    expect(await code(runStudy({ ...coins, name: "dice" }, { folder, seeds }))).toEqual([
      "ERR_CHANGED",
      expect.stringContaining('study "coins" instead of "dice"'),
    ]);
    const plain = { ...coins, name: "plain", settings: 1 as unknown as { steps: number } };
    const other = await temporaryFolder();
    await code(runStudy(plain, { folder: other, seeds }));
    expect(
      await code(runStudy({ ...plain, settings: { steps: 1 } }, { folder: other, seeds })),
    ).toEqual(["ERR_CHANGED", expect.stringContaining("(steps)")]);
    const two = 2 as unknown as { steps: number };
    expect((await code(runStudy(plain, { folder: other, seeds, settings: two })))[1]).toContain(
      "(settings)",
    );
    const used = await temporaryFolder();
    await writeFile(join(used, "thesis.tex"), "years of work");
    expect(await code(runStudy(coins, { folder: used, seeds }))).toEqual([
      "ERR_FOLDER",
      expect.stringContaining("thesis.tex"),
    ]);
    expect(await readdir(used)).toEqual(["thesis.tex"]);
    await writeFile(join(used, "study.json"), "[]");
    expect((await code(runStudy(coins, { folder: used, seeds })))[0]).toBe("ERR_FOLDER");
  });

  it("removes what killed processes left in a folder of its own, and nothing else", async () => {
    const folder = await temporaryFolder();
    await runAll(folder);
    const left = "1073741824-7-0f8e9d7c-1111-4222-8333-444455556666.tmp";
    const own = ["results.json", "runs/fair/seed-1.json"].map((path) => `${path}.${left}`);
    const users = ["notes.tmp", "runs/a.old", `thesis/text.${left}`];
    await mkdir(join(folder, "thesis"));
    for (const path of [...own, ...users]) await writeFile(join(folder, path), "{");
    await runAll(folder);
    for (const path of own) await expect(stat(join(folder, path))).rejects.toThrow("ENOENT");
    for (const path of users) expect((await stat(join(folder, path))).isFile()).toBe(true);
    const foreign = await temporaryFolder();
    await writeFile(join(foreign, `thesis.${left}`), "years of work");
    await expect(runAll(foreign)).rejects.toMatchObject({ code: "ERR_FOLDER" });
    expect(await readdir(foreign)).toEqual([`thesis.${left}`]);
  });

  it("does not make a folder again that was deleted meanwhile", async () => {
    const folder = await temporaryFolder();
    const events = runStudy(coins, { folder, seeds });
    await expect(
      drain(events, (event) => {
        if (event.type === "run-start" && event.seed === 2) rmSync(folder, { recursive: true });
      }),
    ).rejects.toThrow("the lock was deleted meanwhile");
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  it("lets one call at a time work in a folder", async () => {
    const folder = await temporaryFolder();
    const first = runStudy(coins, { folder, seeds });
    await first.next();
    await expect(drain(runStudy(coins, { folder, seeds }))).rejects.toMatchObject({
      code: "ERR_LOCKED",
    });
    expect((await drain(first)).runs).toHaveLength(6);
    await runAll(folder);
  });

  it("stops at the signal, keeps what is finished, and goes on", async () => {
    const folder = await temporaryFolder();
    const abort = new AbortController();
    const events = runStudy(coins, { folder, seeds, signal: abort.signal });
    await expect(
      drain(events, (event) => {
        if (event.type === "run-event" && event.seed === 2) abort.abort(new Error("enough"));
      }),
    ).rejects.toThrow("enough");
    expect(await readdir(join(folder, "runs", "fair"))).toEqual(["seed-1.json"]);
    expect(await readdir(folder)).toEqual(["runs", "study.json"]);
    const { events: later, runs } = await runAll(folder);
    expect(later[0]).toEqual({ type: "study-start", total: 6, found: 2 });
    expect(runs.runs).toHaveLength(6);
  });

  it("lets a run clean up when its reader goes away", async () => {
    let isClean = false;
    const endless = study({
      ...coins,
      async *run() {
        try {
          for (;;) yield { type: "progress" };
        } finally {
          isClean = true;
        }
      },
    });
    const folder = await temporaryFolder();
    for await (const { type } of runStudy(endless, { folder, seeds }))
      if (type === "run-event") break;
    expect(isClean).toBe(true);
    expect(await readdir(folder)).toEqual(["study.json"]);
  });

  it("names the run that fails and keeps the finished ones", async () => {
    const folder = await temporaryFolder();
    const fragile = {
      ...coins,
      async *run(...args: Parameters<typeof flip>) {
        if (args[1] === 2) throw new RangeError("the loss became NaN");
        return yield* flip(...args);
      },
    };
    const error = await drain(runStudy(fragile, { folder, seeds })).catch((e) => e);
    expect(LabError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      code: "ERR_RUN",
      message: "lab: seed 2, Fair failed: the loss became NaN",
      fields: { variant: "fair", seed: 2 },
    });
    expect(error.cause).toBeInstanceOf(RangeError);
    expect((await runAll(folder)).events[0]).toMatchObject({ found: 2 });
  });

  it.each([
    ["NaN", { score: Number.NaN }, "score is NaN"],
    ["an array of numbers", { weights: new Float32Array(2) }, "weights is a Float32Array"],
    ["a function", { deep: [{ f: () => 0 }] }, "deep[0].f is function"],
  ])("refuses a result with %s, naming the place", async (_, result, place) => {
    const folder = await temporaryFolder();
    const odd = {
      ...coins,
      // biome-ignore lint/correctness/useYield: there is nothing to say
      async *run() {
        return result as unknown as CoinResult;
      },
    };
    const error = await drain(runStudy(odd, { folder, seeds: [1] })).catch((e) => e);
    expect(error.cause).toMatchObject({ code: "ERR_RESULT" });
    expect(error.message).toContain(place);
    expect(await readdir(folder)).toEqual(["study.json"]);
  });

  it.each([[[]], [[1, 1]], [[1.5]]])("refuses the seeds %j", async (wrong) => {
    const folder = await temporaryFolder();
    await expect(drain(runStudy(coins, { folder, seeds: wrong }))).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
  });
});
