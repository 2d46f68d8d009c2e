/** @file Models of blocks that no type in memory holds: int8 in memory, and their own blocks in the file that is written again. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGguf, setBackend } from "@deepgrain/tensor-gpu";
import { type AnyBlockType, roundedTypes } from "@deepgrain/vitest/drawn-blocks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, modelBytes, saveGguf } from "../../src";
import { blockModel } from "../support/block-model";

const kinds = Object.keys(roundedTypes) as (keyof typeof roundedTypes)[];

/** As llama.cpp mixes types where a row is no multiple of 256, with types that are kept. */
const mixed = (name: string): AnyBlockType => {
  if (/attn_v|ffn_down/.test(name)) return "Q5_1";
  return /attn_output|ffn_gate/.test(name) ? "IQ4_NL" : "Q5_K";
};

let folder: string;
beforeAll(async () => {
  setBackend("wasm");
  folder = await mkdtemp(join(tmpdir(), "rounded-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(config: "llama" | "experts", typeOf: (name: string) => AnyBlockType) {
  const path = join(folder, "model.gguf");
  await writeFile(path, await blockModel(folder, config, typeOf));
  return path;
}

async function expectCopied(source: string, target: string): Promise<void> {
  const [a, b] = [await openGguf(source), await openGguf(target)];
  expect(new Set(b.names)).toEqual(new Set(a.names));
  for (const name of a.names) {
    const [wanted, got] = [await a.readRaw(name), await b.readRaw(name)];
    expect([got.dtype, got.shape], name).toEqual([wanted.dtype, wanted.shape]);
    expect(Buffer.compare(wanted.bytes, got.bytes), name).toBe(0);
  }
  expect(b.values.get("general.file_type")).toBe(a.values.get("general.file_type"));
  for (const file of [a, b]) await file.close();
}

describe.each(kinds)("a model of %s blocks", (kind) => {
  it.each(["llama", "experts"] as const)(
    "is int8 in memory, each number within 0.57 of a step (%s)",
    async (config) => {
      const path = await fileOf(config, () => kind);
      const [wide, held] = [await loadModel(path), await loadModel(path, { dtype: "auto" })];
      const types = new Set([...held.weightViews.values()].map(({ dtype }) => dtype));
      expect(types).toEqual(new Set(["float32", "int8"]));
      for (const name of wide.weightNames()) {
        const [a, b] = [await wide.readWeight(name), await held.readWeight(name)];
        const isInt8 = held.weightViews.get(name)!.dtype === "int8";
        let worst = 0;
        for (let begin = 0; begin < a.data.length; begin += 32) {
          const block = a.data.subarray(begin, begin + 32);
          const step = isInt8 ? Math.max(...block.map(Math.abs)) / 127 : 0;
          for (const [i, x] of block.entries())
            worst = Math.max(worst, Math.abs(b.data[begin + i]! - x) - 0.57 * step);
        }
        expect(worst, name).toBeLessThanOrEqual(0);
      }
      const storages = new Set([...held.namedTensors()].map(([, { storage }]) => storage));
      const bytes = [...storages].reduce((sum, { byteLength }) => sum + byteLength, 0);
      expect(bytes).toBe(modelBytes(held.config, "int8"));
      for (const each of [wide, held]) each.dispose();
    },
  );

  it("is written as the blocks of its file, bit for bit, or as Q8_0 without the file", async () => {
    const path = await fileOf("experts", () => kind);
    const held = await loadModel(path, { dtype: "auto" });
    const again = join(folder, "again.gguf");
    const blocksOf = await openGguf(path);
    await saveGguf(again, held, null, { blocksOf });
    await blocksOf.close();
    await expectCopied(path, again);
    await saveGguf(again, held, null);
    const other = await openGguf(again);
    expect(other.info("output.weight").dtype).toBe("Q8_0");
    await other.close();
    held.dispose();
  });
});

describe("a model of mixed blocks", () => {
  it("keeps those that a type holds, and is written as its file", async () => {
    const path = await fileOf("experts", mixed);
    const held = await loadModel(path, { dtype: "auto" });
    const typeOf = (name: string) => held.weightViews.get(name)!.dtype;
    expect(typeOf("model.layers.0.self_attn.q_proj.weight")).toBe("q5_k");
    expect(typeOf("model.layers.0.self_attn.v_proj.weight")).toBe("int8");
    // Gates and ups of experts are one stack, of which the file has two types.
    expect(typeOf("model.layers.1.mlp.experts.0.gate_proj.weight")).toBe("float32");
    expect(typeOf("model.layers.1.mlp.experts.0.down_proj.weight")).toBe("int8");
    const again = join(folder, "again.gguf");
    const blocksOf = await openGguf(path);
    await saveGguf(again, held, null, { blocksOf });
    await blocksOf.close();
    await expectCopied(path, again);
    held.dispose();
  });

  it("takes its file's blocks with type auto, and from an open file, alone", async () => {
    const path = await fileOf("llama", mixed);
    const held = await loadModel(path, { dtype: "auto" });
    const blocksOf = await openGguf(path);
    const again = join(folder, "again.gguf");
    await expect(saveGguf(again, held, null, { type: "F16", blocksOf })).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: "lm/saveGguf: blocksOf goes with type auto, got F16",
    });
    await blocksOf.close();
    const noFile = { blocksOf: path as never };
    await expect(saveGguf(again, held, null, noFile)).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    held.dispose();
  });
});
