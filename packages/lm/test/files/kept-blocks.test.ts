/** @file Models whose matrices stay in the blocks of their files. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGguf, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { type BlockType, blockTypes } from "@deepgrain/vitest/drawn-blocks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  attachLora,
  CausalLM,
  generate,
  generateBatch,
  generateSpeculative,
  loadModel,
  parseConfig,
  saveGguf,
  saveModel,
  train,
} from "../../src";
import { blockConfigs, blockModel, mixed } from "../support/block-model";

const kinds = [...(Object.keys(blockTypes) as BlockType[]), "mixed"] as const;
const typeIn = (kind: (typeof kinds)[number]) => (kind === "mixed" ? mixed : () => kind);

/**
 * Largest error of a logit as a share of the largest: each product rounds its activations to 1/254 of the largest of 32, and drawn
 * weights pass on all of it through 14 products.
 */
const LOGITS = 0.1;

let folder: string;
beforeAll(async () => {
  setBackend("wasm");
  folder = await mkdtemp(join(tmpdir(), "kept-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(config: keyof typeof blockConfigs, kind: (typeof kinds)[number]) {
  const path = join(folder, `${config}-${kind}.gguf`);
  await writeFile(path, await blockModel(folder, config, typeIn(kind)));
  return path;
}

const logitsOf = (model: CausalLM, ids: readonly number[]) =>
  tidy(() => model.forward({ ids: [...ids], batch: 1, length: ids.length }).dataSync());

/** The result of a generator. */
async function all<T>(run: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value as T;
  }
}

/** The most likely tokens, one after another. */
async function greedy(model: CausalLM, prompt: number[], maxNewTokens: number): Promise<number[]> {
  const [ids] = await all(generate(model, [prompt], { maxNewTokens, eosTokenId: null }));
  return Array.from(ids!);
}

describe.each(kinds)("a model of %s blocks", (kind) => {
  it.each(["llama", "tied", "experts"] as const)(
    "keeps each matrix as the file has it, and writes its bytes again (%s)",
    async (config) => {
      const path = await fileOf(config, kind);
      const [wide, kept] = [await loadModel(path), await loadModel(path, { dtype: "auto" })];
      const types = new Set([...kept.weightViews.values()].map(({ dtype }) => dtype));
      const blocks = kind === "mixed" ? ["Q4_K", "Q6_K"] : [kind];
      const wanted = blocks.map((type) => (type === "Q8_0" ? "int8" : type.toLowerCase()));
      expect(types).toEqual(new Set(["float32", ...wanted]));
      for (const name of wide.weightNames()) {
        const [a, b] = [await wide.readWeight(name), await kept.readWeight(name)];
        expect(Buffer.compare(Buffer.from(a.data.buffer), Buffer.from(b.data.buffer)), name).toBe(
          0,
        );
      }
      const storages = new Set([...kept.namedTensors()].map(([, { storage }]) => storage));
      const held = [...storages].reduce((sum, { byteLength }) => sum + byteLength, 0);
      const again = join(folder, "again.gguf");
      await saveGguf(again, kept, null);
      const [source, written] = [await openGguf(path), await openGguf(again)];
      for (const name of source.names) {
        const [a, b] = [await source.readRaw(name), await written.readRaw(name)];
        expect([b.dtype, b.shape], name).toEqual([a.dtype, a.shape]);
        expect(Buffer.compare(a.bytes, b.bytes), name).toBe(0);
      }
      const inFile = source.names.reduce((sum, name) => {
        const { begin, end } = source.info(name);
        return sum + end - begin;
      }, 0);
      expect(Math.abs(held / inFile - 1)).toBeLessThan(0.06);
      for (const each of [source, written]) await each.close();
      for (const each of [wide, kept]) each.dispose();
    },
  );

  it("chooses the tokens of its widened weights, where these are not as good as equal", async () => {
    const path = await fileOf("llama", kind);
    const [wide, kept] = [await loadModel(path), await loadModel(path, { dtype: "auto" })];
    for (const each of [wide, kept]) each.eval();
    const prompt = [0, 5, 9];
    const text = [...prompt, ...(await greedy(wide, prompt, 64))];
    const { vocabSize } = wide.config;
    let same = 0;
    for (let at = prompt.length; at < text.length; at++) {
      const rows = [wide, kept].map((model) =>
        logitsOf(model, text.slice(Math.max(0, at - 12), at)).slice(-vocabSize),
      );
      const [a, b] = rows.map((row) => Array.from(row as Float32Array));
      const bound = LOGITS * Math.max(...a!.map(Math.abs));
      expect(Math.max(...a!.map((x, i) => Math.abs(x - b![i]!)))).toBeLessThan(bound);
      const best = a!.indexOf(Math.max(...a!));
      const chosen = b!.indexOf(Math.max(...b!));
      if (best === chosen) same++;
      else {
        const gap = a![best]! - a![chosen]!;
        console.info(
          `${kind}, token ${at}: ${chosen} instead of ${best}, which is ${gap} above it`,
        );
        expect(gap).toBeLessThanOrEqual(bound);
      }
    }
    expect(same).toBeGreaterThanOrEqual(60);
    for (const each of [wide, kept]) each.dispose();
  });
});

describe("a model that keeps its blocks", () => {
  it("generates alike alone, in batches and with drafts", async () => {
    const kept = (await loadModel(await fileOf("experts", "mixed"), { dtype: "auto" })).eval();
    const prompt = [0, 3, 8, 2];
    const options = { maxNewTokens: 12, eosTokenId: null };
    const alone = await greedy(kept, prompt, 12);
    expect(alone).toHaveLength(12);
    const requests = [[7, 8], prompt].map((each) => ({ prompt: each, ...options }));
    const [, [batched] = []] = await all(generateBatch(kept, requests));
    expect(batched!.ids).toEqual(alone);
    for (const draft of ["ngram", kept] as const) {
      const { ids } = await all(generateSpeculative(kept, prompt, { draft, ...options }));
      expect(Array.from(ids)).toEqual(alone);
    }
    kept.dispose();
  });

  it("takes LoRA beside its blocks, and refuses to be trained", async () => {
    const kept = await loadModel(await fileOf("llama", "mixed"), { dtype: "auto" });
    const before = logitsOf(kept.eval(), [1, 2, 3]);
    attachLora(kept, { rank: 2 });
    expect(logitsOf(kept, [1, 2, 3])).toEqual(before);
    kept.dispose();
    const other = await loadModel(await fileOf("llama", "Q4_K"), { dtype: "auto" });
    const batch = { ids: Int32Array.of(1, 2, 3, 4), batch: 1, length: 4 };
    const trained = async () => {
      for await (const _ of train(other, { batch: () => batch }, { steps: 1 }));
    };
    await expect(trained()).rejects.toThrow(/no tensor of the module/);
    expect(() => other.weightViews.get("lm_head.weight")!.requireGrad()).toThrow(
      /loaded as float32/,
    );
    other.dispose();
  });

  it("has one type for a stack of experts: float32 where the file has several", async () => {
    const path = join(folder, "several.gguf");
    const several = (name: string): BlockType => (name.includes("gate_exps") ? "Q4_0" : "Q8_0");
    await writeFile(path, await blockModel(folder, "experts", several));
    const kept = await loadModel(path, { dtype: "auto" });
    const typeOf = (name: string) => kept.weightViews.get(name)!.dtype;
    expect(typeOf("model.layers.1.mlp.experts.0.gate_proj.weight")).toBe("float32");
    expect(typeOf("model.layers.1.mlp.experts.0.down_proj.weight")).toBe("int8");
    kept.dispose();
  });

  it("of float16 and bfloat16 folders has these types", async () => {
    const drawn = new CausalLM(parseConfig(blockConfigs.experts));
    for (const [stored, held] of [
      ["F16", "float16"],
      ["BF16", "bfloat16"],
    ] as const) {
      const path = join(folder, stored);
      await saveModel(path, drawn, { dtype: stored });
      const [wide, kept] = [await loadModel(path), await loadModel(path, { dtype: "auto" })];
      expect(kept.weightViews.get("lm_head.weight")!.dtype).toBe(held);
      for (const each of [wide, kept]) each.eval();
      expect(logitsOf(kept, [1, 5, 9])).toBeAllclose(logitsOf(wide, [1, 5, 9]), {
        rtol: 1e-4,
        atol: 1e-6,
      });
      for (const each of [wide, kept]) each.dispose();
    }
    drawn.dispose();
  });

  it("is converted to q4_0 while it is loaded", async () => {
    const drawn = new CausalLM(parseConfig(blockConfigs.llama)).eval();
    const path = join(folder, "floats");
    await saveModel(path, drawn);
    const narrow = (await loadModel(path, { dtype: "q4_0" })).eval();
    expect(narrow.weightViews.get("lm_head.weight")!.dtype).toBe("q4_0");
    for (const type of ["Q4_0", "Q5_0", "Q8_0"] as const) {
      const file = join(folder, `${type}.gguf`);
      await saveGguf(file, drawn, null, { type });
      const opened = await openGguf(file);
      expect(opened.info("output.weight").dtype).toBe(type);
      if (type === "Q4_0")
        expect((await opened.readFloat32("output.weight")).data).toEqual(
          (await narrow.readWeight("lm_head.weight")).data,
        );
      await opened.close();
    }
    for (const each of [drawn, narrow]) each.dispose();
  });
});
