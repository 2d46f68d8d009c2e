import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { findRuns } from "../../src/runs/find-runs";

async function put(folder: string, path: string): Promise<void> {
  const name = join(folder, path);
  await mkdir(join(name, ".."), { recursive: true });
  await writeFile(name, "");
}

describe("runs below folders", () => {
  it("are trainings and studies, named by their paths, without what runs hold inside", async () => {
    const cwd = await temporaryFolder();
    for (const path of [
      "runs/main/metrics.jsonl",
      "runs/main/checkpoints/step-1/metrics.jsonl",
      "runs/study/study.json",
      "runs/study/runs/a/metrics.jsonl",
      "runs/a/b/c/metrics.jsonl",
      "runs/too/deep/to/look/at/metrics.jsonl",
    ])
      await put(cwd, path);
    const found = await findRuns([join(cwd, "runs"), join(cwd, "none")]);
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ["runs/a/b/c", "training"],
      ["runs/main", "training"],
      ["runs/study", "study"],
    ]);
  });

  it("are the given folder itself, once, and have names of their own", async () => {
    const cwd = await temporaryFolder();
    for (const path of ["x/main/metrics.jsonl", "y/main/metrics.jsonl"]) await put(cwd, path);
    const one = join(cwd, "x/main");
    expect(await findRuns([one])).toMatchObject([{ name: "main", path: one, root: one }]);
    expect((await findRuns([join(cwd, "x"), one])).map(({ path }) => path)).toEqual([one]);
    const names = (await findRuns([one, join(cwd, "y/main")])).map(({ name }) => name);
    expect(names).toEqual([one, join(cwd, "y/main")]);
  });

  it("are not behind links, but for the given folders", async () => {
    const cwd = await temporaryFolder();
    await put(cwd, "real/main/metrics.jsonl");
    await mkdir(join(cwd, "runs"));
    await symlink(join(cwd, "real/main"), join(cwd, "runs/link"));
    await symlink(join(cwd, "real"), join(cwd, "given"));
    expect(await findRuns([join(cwd, "runs")])).toEqual([]);
    expect(await findRuns([join(cwd, "given")])).toMatchObject([{ name: "main" }]);
  });
});
