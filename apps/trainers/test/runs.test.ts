import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricsLog } from "../src/store/metrics-log";
import { createRun, findRun, runFolder } from "../src/store/run-folder";
import { runStages, stageResult } from "../src/store/run-stages";
import { folderSizeBytes, removeUnfinished, saveFolder } from "../src/store/save-folder";
import { temporaryFolder } from "./call";

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

  it("is empty where there is no file", async () => {
    const log = metricsLog(join(await temporaryFolder(), "metrics.jsonl"));
    expect(await log.read()).toEqual([]);
    await log.rewind("a", 0);
  });
});

describe("runs", () => {
  it("number themselves where no name is given", async () => {
    const runs = await temporaryFolder();
    const names = [1, 2, 3].map(() => createRun(runs, undefined, "main").name);
    expect(names).toEqual(["main", "main-2", "main-3"]);
    expect(() => createRun(runs, "main", "main")).toThrow('run "main" exists');
  });

  it("are resumed by name, or the unfinished one that was touched last", async () => {
    const runs = await temporaryFolder();
    for (const name of ["old", "done", "new"]) {
      const run = createRun(runs, name, "main");
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
    const folder = createRun(await temporaryFolder(), undefined, "main");
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
  });
});

describe("saveFolder", () => {
  it("replaces a folder whole, or not at all", async () => {
    const path = join(await temporaryFolder(), "x");
    const write = (text: string) => (folder: string) => writeFile(join(folder, "f"), text);
    await saveFolder(path, write("old"));
    await expect(
      saveFolder(path, async (folder) => {
        await write("half")(folder);
        throw new Error("no more");
      }),
    ).rejects.toThrow("no more");
    expect(await readFile(join(path, "f"), "utf8")).toBe("old");
    await saveFolder(path, write("longer"));
    expect(await folderSizeBytes(path)).toBe(6);
  });

  it("leaves nothing that removeUnfinished does not clear away", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "a", "step-000001.x.tmp"), { recursive: true });
    await mkdir(join(folder, "a", "step-000002"), { recursive: true });
    await writeFile(join(folder, "b.json.x.tmp"), "");
    await removeUnfinished(folder);
    expect(await readdir(folder)).toEqual(["a"]);
    expect(await readdir(join(folder, "a"))).toEqual(["step-000002"]);
  });
});
