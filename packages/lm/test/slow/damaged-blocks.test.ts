/** @file Files of blocks with changed and missing bytes. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memory, setBackend, TensorError, tidy } from "@deepgrain/tensor-gpu";
import { type AnyBlockType, allBlockTypes } from "@deepgrain/vitest/drawn-blocks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LmError, loadModel } from "../../src";
import { blockModel, mixed, numbers } from "../support/block-model";
import { partsOf } from "../support/gguf-parts";

const kinds = [...(Object.keys(allBlockTypes) as AnyBlockType[]), "mixed"] as const;

let folder: string;
beforeAll(async () => {
  setBackend("wasm");
  folder = await mkdtemp(join(tmpdir(), "damaged-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Loads a model and reads a text with it: its logits, or a typed error, and the memory is given back. */
async function useModel(path: string): Promise<void> {
  const before = memory();
  try {
    const model = await loadModel(path, { dtype: "auto" });
    const ids = [1, 2, 3];
    const logits = tidy(() => model.eval().forward({ ids, batch: 1, length: 3 }).dataSync());
    expect(logits).toHaveLength(3 * model.config.vocabSize);
    model.dispose();
  } catch (error) {
    expect(TensorError.isInstance(error) || LmError.isInstance(error), String(error)).toBe(true);
  }
  expect(memory()).toMatchObject({ bytes: before.bytes });
}

/** Changes up to five bytes, half of them of the head, and sometimes cuts the end off. */
function damage(whole: Uint8Array<ArrayBuffer>, random: () => number): Uint8Array<ArrayBuffer> {
  const bytes = whole.slice();
  for (let change = 0; change < 1 + 4 * random(); change++) {
    const isHead = random() < 0.5;
    bytes[Math.floor(random() * (isHead ? 4096 : bytes.length))] = 256 * random();
  }
  return random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}

describe("damaged blocks", () => {
  it.each(kinds)("of type %s give typed errors, and the memory back (300 files)", async (kind) => {
    const whole = await blockModel(folder, "llama", kind === "mixed" ? mixed : () => kind);
    const random = numbers(kind.length + kind.charCodeAt(1));
    const path = join(folder, "damaged.gguf");
    for (let i = 0; i < 300; i++) {
      await writeFile(path, damage(new Uint8Array(whole), random));
      await useModel(path);
    }
  });

  it("in parts give typed errors, and the memory back (100 sets)", async () => {
    const path = join(folder, "whole.gguf");
    await writeFile(path, await blockModel(folder, "llama", () => "Q4_1"));
    const parts = [...(await partsOf(path))];
    const random = numbers(3);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
    for (let i = 0; i < 100; i++) {
      const own = await mkdtemp(join(folder, "parts-"));
      for (const [name, bytes] of parts) {
        const kind = random();
        if (kind < 0.2 && name !== parts[0]![0]) continue; // missing
        const other = kind < 0.4 ? pick(parts)[1] : bytes; // perhaps doubled
        await writeFile(join(own, name), kind < 0.7 ? damage(other, random) : other);
      }
      await useModel(join(own, pick(await readdir(own))));
      await rm(own, { recursive: true });
    }
  });
});
