import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { resumeRows } from "../../src/files/resumed-rows";
import { checkClaim } from "../../src/runs/claim-folder";
import { openQueue } from "../../src/runs/queue-server";
import { runFolder } from "../../src/runs/run-folder";
import { stageResult } from "../../src/runs/run-stages";

const run = {
  command: "pretrain",
  settings: {},
  data: {},
  files: ["model-*-of-*.safetensors", "checkpoints/"],
  work: ["model-*-of-*.safetensors"],
  fresh: [],
};

/** The state of a folder that holds these files, and a run's record with changes. */
async function claimed(names: readonly string[], changes: object = {}) {
  const folder = await temporaryFolder();
  for (const name of names) await writeFile(join(folder, name), "x");
  const record = { version: 3, flags: {}, ...run, ...changes };
  await writeFile(join(folder, "run.json"), JSON.stringify(record));
  return checkClaim(folder, { ...run, resume: true, overwrite: false }, { flagNames: [] });
}

describe("A damaged record", () => {
  it.each([
    ["settings", "{", "", ".run.json is damaged: "],
    ["settings that are none", "null", "", ".run.json is damaged: an object is expected"],
    ["a row", "{}", '{"a":1}\n{"b":\n', "line 2"],
    ["a row that is none", "{}", "5\n", "an object is expected"],
  ])("of rows is refused: %s", async (_, settings, rows, message) => {
    const path = join(await temporaryFolder(), "rows.jsonl");
    await writeFile(`${path}.run.json`, settings);
    await writeFile(path, rows);
    await expect(resumeRows(path, {})).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringContaining(message),
    });
  });

  it("of a stage is refused", async () => {
    const folder = runFolder(await temporaryFolder(), "a");
    await mkdir(join(folder.path, "results"), { recursive: true });
    await writeFile(folder.result("first"), "{");
    await expect(stageResult(folder, "first")).rejects.toMatchObject({ name: "FormatError" });
  });
});

describe("A star in the name of a record", () => {
  it("stands for any part of a name", async () => {
    expect(await claimed(["model-00001-of-00002.safetensors"])).toMatchObject({ resumes: true });
    expect(await claimed(["model-of-x.safetensors"])).toMatchObject({ resumes: false });
    expect(await claimed(["a.b"], { work: ["a.*"] })).toMatchObject({ resumes: true });
    expect(await claimed(["aXb"], { work: ["a.b", "*a", "ab*b"] })).toMatchObject({
      resumes: false,
    });
    expect(await claimed(["ab"], { work: ["a*b"] })).toMatchObject({ resumes: true });
    expect(await claimed(["a"], { work: ["a*a"] })).toMatchObject({ resumes: false });
  });

  it("costs nothing extra where there are many", async () => {
    const stars = `${"a*".repeat(60)}x`;
    expect(await claimed(["a".repeat(200)], { work: [stars] })).toMatchObject({ resumes: false });
  });
});

it("refuses the address of a queue with a broken escape", async () => {
  await expect(openQueue("redis://%E0@host")).rejects.toMatchObject({ name: "UsageError" });
});
