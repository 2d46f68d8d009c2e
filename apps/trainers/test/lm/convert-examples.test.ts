/** @file The example calls of `convert --help`, as they stand. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { convert } from "../../src/lm/commands";
import { call } from "../call";

const cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
afterAll(() => rm(cwd, { recursive: true, force: true }));

beforeAll(async () => {
  const text = Array.from({ length: 200 }, (_, i) => `The cat sat on ${i} mats.`).join("\n");
  await writeFile(join(cwd, "docs.txt"), text);
  const sizes = "--vocab-size 300 --steps 1 --batch-size 1 --sequence-length 16";
  const made = `pretrain --data docs.txt --out runs/first/base ${sizes}`;
  const { code, err } = await call(made.split(" "), { cwd });
  expect(code, err).toBe(0);
  if (sharedIsMissing) return;
  for (const name of ["stories260K.bin", "tok512.bin"])
    await copyFile(shared(`data/models/stories260K/${name}`), join(cwd, name));
});

describe("an example of convert", () => {
  it.each(convert.examples.map((example) => [example]))("runs: %s", async (example) => {
    const needsStories = example.includes(".bin");
    if (needsStories && sharedIsMissing) return expect(example).toContain("stories260K");
    const words = example.replace(/\s+#.*/, "").split(" ");
    const { code, err } = await call(words, { cwd });
    expect(code, err).toBe(0);
  });

  it("leaves models that load again", async () => {
    for (const place of ["first-bf16", "first-gguf/model.gguf"]) {
      const model = await loadModel(join(cwd, place));
      expect(model.config).toMatchObject({ modelType: "deepseek", normTopkProb: false });
      model.dispose();
    }
  });
});
