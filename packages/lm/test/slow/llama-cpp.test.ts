/** @file Models in node-llama-cpp: those that `saveGguf` writes, and a file of mixed K-quants that both sides read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualSeed, openGguf, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { type LlamaCpp, llamaCppLibraries, openLlamaCpp } from "@deepgrain/vitest/llama-cpp";
import { f32Bytes, type GgufToWrite, writeGguf } from "@deepgrain/vitest/write-gguf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CausalLM,
  createTokenizer,
  loadModel,
  packSequences,
  parseConfig,
  saveGguf,
  tokenizerConfig,
  train,
  trainBpe,
} from "../../src";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-llama-cpp-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened = openLlamaCpp(folder);
const isThere = !(opened instanceof Error);
if (!isThere)
  it.skip(`SKIPPED: node-llama-cpp is not installed (${opened.message.split("\n")[0]})`, () => {});
const llamaCpp = opened as LlamaCpp;

const shared = {
  vocab_size: 320,
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  max_position_embeddings: 128,
  bos_token_id: 0,
  eos_token_id: 1,
  // Large enough that trained logits differ between tokens.
  initializer_range: 0.04,
};
const experts = { num_experts_per_tok: 2, intermediate_size: 64 };
const multipliers = {
  embedding_multiplier: 4,
  attention_multiplier: 0.1,
  residual_multiplier: 0.5,
  logits_scaling: 2,
};
const families = {
  llama: { ...shared, model_type: "llama", num_key_value_heads: 2 },
  deepseek: {
    ...shared,
    model_type: "deepseek",
    n_routed_experts: 8,
    num_experts_per_tok: 2,
    n_shared_experts: 1,
    moe_intermediate_size: 64,
    first_k_dense_replace: 1,
  },
  phi3: { ...shared, model_type: "phi3", partial_rotary_factor: 0.5 },
  // llama.cpp has every sixth layer see the whole text; seven steps reach beyond the window of the others.
  gemma3: {
    ...shared,
    model_type: "gemma3_text",
    head_dim: 64,
    query_pre_attn_scalar: 64,
    sliding_window: 6,
    num_hidden_layers: 6,
    hidden_size: 128,
    intermediate_size: 256,
  },
  qwen3: { ...shared, model_type: "qwen3", head_dim: 64, num_key_value_heads: 2 },
  olmoe: { ...shared, ...experts, model_type: "olmoe", num_experts: 8 },
  granite: { ...shared, ...multipliers, model_type: "granite" },
  granitemoe: {
    ...shared,
    ...multipliers,
    ...experts,
    model_type: "granitemoe",
    num_local_experts: 8,
  },
  smollm3: { ...shared, model_type: "smollm3", num_hidden_layers: 4, tie_word_embeddings: false },
};

/** ggml reads Gemma's GELU from a table of float16. */
const closeness: Readonly<Record<string, number>> = { gemma3: 5e-3 };

const texts = Array.from(
  { length: 40 },
  (_, i) =>
    `The cat sat on ${i} mats. A dog of ${i % 7} years saw ${(i * i) % 11} cats; it ran home.\n`,
);

/** Lines as in the training, with other numbers. */
const heldOut = Array.from(
  { length: 16 },
  (_, i) =>
    `The cat sat on ${i + 43} mats. A dog of ${(i + 4) % 7} years saw ${(5 * i) % 11} cats; it ran home.\n`,
);

async function trainedModel(config: object, encode: (text: string) => number[]) {
  manualSeed(1); // the same model, whichever tests are run
  const model = new CausalLM(parseConfig(config));
  const rows = texts.flatMap(encode);
  const data = packSequences(rows, { blockLength: 32, batchSize: 4 });
  for await (const _ of train(model, data, { steps: 60, lr: 3e-3 })) {
    // its losses are tested elsewhere
  }
  return model.eval();
}

/** Log-probabilities of the next token after each of these ids. */
function logProbabilities(model: CausalLM, ids: readonly number[]): number[][] {
  const vocabulary = model.config.vocabSize;
  const logits = tidy(() =>
    model.forward({ ids: [...ids], batch: 1, length: ids.length }).dataSync(),
  );
  return ids.map((_, at) => {
    const row = Array.from(logits.subarray(at * vocabulary, (at + 1) * vocabulary));
    const top = Math.max(...row);
    const sum = Math.log(row.reduce((total, x) => total + Math.exp(x - top), 0)) + top;
    return row.map((x) => x - sum);
  });
}

/** Whole numbers of these keys are float32 in files. */
const typedValues = (values: ReadonlyMap<string, unknown>) =>
  Object.fromEntries(
    [...values].map(([key, value]) =>
      /freq_base|epsilon/.test(key) ? [key, { float32: value as number }] : [key, value],
    ),
  ) as Parameters<typeof writeGguf>[0];

describe.skipIf(!isThere)("node-llama-cpp", () => {
  let tokenizer: Awaited<ReturnType<typeof trainBpe>>;
  let encode: (text: string) => number[];
  beforeAll(async () => {
    setBackend("wasm");
    tokenizer = await trainBpe(texts, { vocabSize: 320, specialTokens: ["<s>", "</s>"] });
    const own = await createTokenizer({ tokenizer });
    encode = (text) => own.encode(text);
  });
  const prompts = () =>
    Array.from({ length: 20 }, (_, i) =>
      [0, ...encode(`A dog of ${i} years`)].slice(0, 4 + (i % 5)),
    );

  it.each(Object.entries(families))(
    "gives a %s model's own tokens and log-probabilities",
    async (name, config) => {
      const model = await trainedModel(config, encode);
      const file = join(folder, `${name}.gguf`);
      const roles = tokenizerConfig(tokenizer, { bosToken: "<s>", eosToken: "</s>" });
      await saveGguf(file, model, { tokenizer, config: roles });
      const reading = llamaCpp.read(file, prompts(), 8);
      const text = "The cat sat on 12 mats.\n";
      expect(llamaCpp.read(file, [text], 1).results[0]!.prompt).toEqual(encode(text));
      for (const [i, prompt] of prompts().entries()) {
        const { ids, rows } = reading.results[i]!;
        const ours = logProbabilities(model, [...prompt, ...ids]);
        for (const [step, theirs] of rows.entries()) {
          const own = ours[prompt.length - 1 + step]!;
          expect(own.indexOf(Math.max(...own))).toBe(ids[step]);
          const likeliest = own
            .map((_, id) => id)
            .sort((a, b) => own[b]! - own[a]!)
            .slice(0, 20);
          for (const id of likeliest)
            expect(Math.abs(own[id]! - theirs[id]!)).toBeLessThan(closeness[name] ?? 1e-3);
        }
      }
      model.dispose();
    },
  );

  /** Mean log-probability of the held-out text, ours and llama.cpp's. */
  const meanScores = (model: CausalLM, file: string) => {
    const rows = heldOut.map((text) => [0, ...encode(text)]);
    const mean = (scores: readonly (readonly number[])[]) =>
      scores.flat().reduce((sum, x) => sum + x, 0) / scores.flat().length;
    const ours = rows.map((ids) => {
      const all = logProbabilities(model, ids);
      return ids.slice(1).map((id, i) => all[i]![id]!);
    });
    return { ours: mean(ours), theirs: mean(llamaCpp.read(file, [], 0, rows).scores) };
  };

  it.each([
    ["Q8_0", 0.005],
    ["Q6_K", 0.005],
    ["Q4_K_M", 0.01],
  ] as const)(
    "rates a held-out text as we do by a file of %s that we write",
    async (type, bound) => {
      const model = await trainedModel(families.llama, encode);
      const file = join(folder, `${type}.gguf`);
      await saveGguf(file, model, { tokenizer }, { type });
      model.dispose();
      const kept = (await loadModel(file, { dtype: "auto" })).eval();
      const { ours, theirs } = meanScores(kept, file);
      expect(ours).toBeLessThan(-0.05);
      expect(Math.abs(ours - theirs), `${ours} and ${theirs}`).toBeLessThan(bound * -theirs);
      kept.dispose();
    },
  );

  it("reads a file of mixed quantisations as we do", async () => {
    const model = await trainedModel(families.llama, encode);
    const whole = join(folder, "whole.gguf");
    await saveGguf(whole, model, { tokenizer });
    model.dispose();
    // As Q4_K_M mixes them: Q6_K for the head, the values and half of the down projections, Q4_K for the rest; some Q5_K.
    const typeOf = (name: string) => {
      if (/output\.weight|attn_v|blk\.0\.ffn_down/.test(name)) return 14;
      return /attn_output/.test(name) ? 13 : 12;
    };
    const source = await openGguf(whole);
    const files: { path: string; type: number; rows: number; width: number }[] = [];
    const tensors: (GgufToWrite & { path?: string })[] = [];
    for (const name of source.names) {
      const { shape, data } = await source.readFloat32(name);
      const path = join(folder, `${name}.f32`);
      const isMatrix = shape.length === 2;
      tensors.push({ name, shape, type: isMatrix ? typeOf(name) : 0, bytes: f32Bytes(data) });
      if (!isMatrix) continue;
      writeFileSync(path, f32Bytes(data));
      files.push({ path, type: typeOf(name), rows: shape[0]!, width: shape[1]! });
    }
    llamaCpp.run("quantize.mjs", { library: `${llamaCppLibraries}/libggml-base.so`, files });
    for (const tensor of tensors)
      if (tensor.type !== 0)
        tensor.bytes = new Uint8Array(readFileSync(join(folder, `${tensor.name}.f32.blocks`)));
    const file = join(folder, "mixed.gguf");
    writeFileSync(file, writeGguf(typedValues(source.values), tensors));
    await source.close();
    const kept = (await loadModel(file, { dtype: "auto" })).eval();
    const { ours, theirs } = meanScores(kept, file);
    expect(Math.abs(ours - theirs), `${ours} and ${theirs}`).toBeLessThan(0.01 * -theirs);
    kept.dispose();
    const mixed = (await loadModel(file)).eval();
    const reading = llamaCpp.read(file, prompts(), 4);
    let largest = 0;
    const compared: { gap: number; isEqual: boolean }[] = [];
    for (const [i, prompt] of prompts().entries()) {
      const { ids, rows } = reading.results[i]!;
      const all = logProbabilities(mixed, [...prompt, ...ids]);
      for (const [step, logs] of rows.entries()) {
        const own = all[prompt.length - 1 + step]!;
        const variation =
          own.reduce((sum, x, id) => sum + Math.abs(Math.exp(x) - Math.exp(logs[id] ?? -1e9)), 0) /
          2;
        expect(variation).toBeLessThanOrEqual(0.02);
        const order = own.map((_, id) => id).sort((a, b) => own[b]! - own[a]!);
        for (const id of order.slice(0, 20))
          largest = Math.max(largest, Math.abs(own[id]! - logs[id]!));
        compared.push({ gap: own[order[0]!]! - own[order[1]!]!, isEqual: order[0] === ids[step] });
      }
    }
    for (const { gap, isEqual } of compared) if (gap > 2 * largest) expect(isEqual).toBe(true);
    expect(compared.some(({ gap }) => gap > 2 * largest)).toBe(true);
    mixed.dispose();
  });
});
