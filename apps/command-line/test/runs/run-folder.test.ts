import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { metricsLog } from "../../src/metrics/metrics-log";
import { folderSizeBytes } from "../../src/runs/folder-size";
import { removeUnfinished } from "../../src/runs/remove-unfinished";
import { createRun, findRun, runFolder } from "../../src/runs/run-folder";
import { runStages, stageResult } from "../../src/runs/run-stages";

describe("metricsLog", () => {
  it("takes a stage back to a step and leaves the other stages alone", async () => {
    const log = metricsLog(join(await temporaryFolder(), "metrics.jsonl"));
    for (const stage of ["a", "b"])
      for (const step of [0, 1, 2]) await log.append({ stage, type: "step-end", step });
    await log.rewind("b", 1);
    expect((await log.read()).map(({ stage, step }) => `${stage}${step}`)).toEqual([
      "a0",
      "a1",
      "a2",
      "b0",
      "b1",
    ]);
  });

  it("drops a line that a crash cut short", async () => {
    const path = join(await temporaryFolder(), "metrics.jsonl");
    const log = metricsLog(path);
    await log.append({ stage: "a", type: "step-end", step: 1 });
    await appendFile(path, '{"stage":"a","ty');
    expect(await log.read()).toHaveLength(1);
    await log.rewind("a", 1);
    await log.append({ stage: "a", type: "step-end", step: 2 });
    expect((await log.read()).map(({ step }) => step)).toEqual([1, 2]);
  });

  it("dates each record, and keeps the dates of those that stay", async () => {
    const path = join(await temporaryFolder(), "metrics.jsonl");
    let day = 1;
    const log = metricsLog(path, () => new Date(Date.UTC(2026, 0, day++)));
    for (const step of [1, 2]) await log.append({ stage: "a", type: "step-end", step });
    await log.rewind("a", 1);
    await log.append({ stage: "a", type: "step-end", step: 2 });
    expect((await log.read()).map(({ time }) => time)).toEqual([
      "2026-01-01T00:00:00.000Z",
      "2026-01-03T00:00:00.000Z",
    ]);
  });

  it("is empty where there is no file", async () => {
    const log = metricsLog(join(await temporaryFolder(), "metrics.jsonl"));
    expect(await log.read()).toEqual([]);
    await log.rewind("a", 0);
  });
});

describe("runs", () => {
  it("number themselves where no name is given", async () => {
    const runs = await temporaryFolder();
    const names = [];
    for (let i = 0; i < 3; i++) {
      const run = await createRun(runs, undefined, "main");
      await writeFile(run.config, "{}");
      names.push(run.name);
    }
    expect(names).toEqual(["main", "main-2", "main-3"]);
    await expect(createRun(runs, "main", "main")).rejects.toThrow('run "main" exists');
  });

  it("take a folder over that was left before it had a configuration", async () => {
    const runs = await temporaryFolder();
    const { path } = await createRun(runs, "mine", "main");
    await writeFile(join(path, ".lock"), "");
    expect((await createRun(runs, "mine", "main")).path).toBe(path);
    await writeFile(join(path, "thesis.txt"), "");
    await expect(createRun(runs, "mine", "main")).rejects.toThrow('run "mine" exists');
  });

  it("have names that lead nowhere else, new or resumed", async () => {
    const runs = join(await temporaryFolder(), "runs");
    await mkdir(runs);
    const elsewhere = runFolder(runs, "../elsewhere");
    await mkdir(elsewhere.path);
    await writeFile(elsewhere.config, "{}");
    for (const name of ["../elsewhere", "..", "a/b", "/tmp", ""]) {
      await expect(createRun(runs, name, "main")).rejects.toThrow("--name may have");
      await expect(findRun(runs, name, "full")).rejects.toThrow("--name may have");
    }
  });

  it("are resumed by name, or the unfinished one that was touched last", async () => {
    const runs = await temporaryFolder();
    for (const name of ["old", "done", "new"]) {
      const run = await createRun(runs, name, "main");
      await writeFile(run.config, "{}");
      await writeFile(run.metrics, "");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const done = runFolder(runs, "done");
    await mkdir(join(done.path, "results"));
    await writeFile(done.result("full"), "{}");
    expect((await findRun(runs, undefined, "full")).name).toBe("new");
    expect((await findRun(runs, "old", "full")).name).toBe("old");
    await expect(findRun(runs, "none", "full")).rejects.toThrow('no run "none"');
    await expect(findRun(join(runs, "empty"), undefined, "full")).rejects.toThrow(
      "no unfinished run",
    );
  });

  it("do not repeat stages that have a result, and delete checkpoints of finished ones", async () => {
    const folder = await createRun(await temporaryFolder(), undefined, "main");
    const calls: string[] = [];
    const stage = (name: string) => ({
      name,
      async run() {
        calls.push(name);
        await mkdir(folder.checkpoints(name), { recursive: true });
        return { name };
      },
    });
    for await (const _ of runStages(folder, [stage("a")], {}));
    const ran: string[] = [];
    for await (const name of runStages(folder, [stage("a"), stage("b")], {})) ran.push(name);
    expect(calls).toEqual(["a", "b"]);
    expect(ran).toEqual(["b"]);
    expect(await stageResult(folder, "b")).toEqual({ name: "b" });
    expect(await stageResult(folder, "c")).toBeUndefined();
    expect(await readdir(join(folder.path, "checkpoints"))).toEqual([]);
    await mkdir(folder.checkpoints("a")); // as a kill right after the result leaves them
    for await (const _ of runStages(folder, [stage("a")], {}));
    expect(await readdir(join(folder.path, "checkpoints"))).toEqual([]);
    expect(calls).toEqual(["a", "b"]);
  });
});

it("folderSizeBytes adds up all files", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "a"));
  await writeFile(join(folder, "a", "x"), "long");
  await writeFile(join(folder, "y"), "er");
  expect(await folderSizeBytes(folder)).toBe(6);
});

it("removeUnfinished deletes names of our own form in the folders that are ours, and nothing else", async () => {
  const folder = await temporaryFolder();
  const own = "1073741824-7-0f8e9d7c-1111-4222-8333-444455556666";
  const kept = ["docs/thesis.old", `docs/a.${own}.tmp`, "notes.tmp", "ours/mine.tmp"];
  const left = [`settings.json.${own}.tmp`, `ours/deep/step-000001.${own}.gone`];
  for (const path of [...kept, ...left]) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), "");
  }
  await removeUnfinished(folder, ["ours", "missing"]);
  for (const path of kept) expect(existsSync(join(folder, path)), path).toBe(true);
  for (const path of left) expect(existsSync(join(folder, path)), path).toBe(false);
});
