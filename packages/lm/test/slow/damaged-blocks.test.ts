/** @file Files of blocks with changed and missing bytes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memory, setBackend, TensorError, tidy } from "@deepgrain/tensor-gpu";
import { type BlockType, blockTypes } from "@deepgrain/vitest/drawn-blocks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LmError, loadModel } from "../../src";
import { blockModel, mixed, numbers } from "../support/block-model";

const kinds = [...(Object.keys(blockTypes) as BlockType[]), "mixed"] as const;

let folder: string;
beforeAll(async () => {
  setBackend("wasm");
  folder = await mkdtemp(join(tmpdir(), "damaged-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("damaged blocks", () => {
  it.each(kinds)("of type %s give typed errors, and the memory back (200 files)", async (kind) => {
    const whole = await blockModel(folder, "llama", kind === "mixed" ? mixed : () => kind);
    const random = numbers(kind.length + kind.charCodeAt(1));
    const before = memory();
    for (let i = 0; i < 200; i++) {
      let bytes = whole.slice();
      for (let change = 0; change < 1 + 4 * random(); change++) {
        const isHead = random() < 0.5;
        const at = Math.floor(random() * (isHead ? 4096 : bytes.length));
        bytes[at] = 256 * random();
      }
      if (random() < 0.2) bytes = bytes.subarray(0, Math.floor(random() * bytes.length));
      const path = join(folder, "damaged.gguf");
      await writeFile(path, bytes);
      try {
        const model = await loadModel(path, { dtype: "auto" });
        const ids = [1, 2, 3];
        const logits = tidy(() => model.eval().forward({ ids, batch: 1, length: 3 }).dataSync());
        expect(logits).toHaveLength(3 * model.config.vocabSize);
        model.dispose();
      } catch (error) {
        expect(TensorError.isInstance(error) || LmError.isInstance(error), String(error)).toBe(
          true,
        );
      }
    }
    expect(memory()).toMatchObject({ bytes: before.bytes });
  });
});
