import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openGguf } from "@deepgrain/tensor-gpu";
import {
  type AnyBlockType,
  allBlockTypes,
  type BlockType,
  drawnBlocks,
} from "@deepgrain/vitest/drawn-blocks";
import { f32Bytes, type GgufToWrite, writeGguf } from "@deepgrain/vitest/write-gguf";
import { CausalLM, parseConfig, saveGguf } from "../../src";

const shared = {
  vocab_size: 320,
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 128,
  bos_token_id: 0,
  eos_token_id: 1,
};

/** Configurations whose rows are whole blocks of every type. */
export const blockConfigs = {
  llama: { ...shared, model_type: "llama" },
  tied: { ...shared, model_type: "llama", tie_word_embeddings: true },
  experts: {
    ...shared,
    num_key_value_heads: 4,
    model_type: "deepseek",
    n_routed_experts: 6,
    num_experts_per_tok: 2,
    n_shared_experts: 1,
    moe_intermediate_size: 256,
    first_k_dense_replace: 1,
  },
};

/** A repeatable stream of numbers from 0 to 1. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The matrices of files called Q4_K_M: values and half of the second projections in six bits, the others in four. */
export const mixed = (name: string): BlockType =>
  /attn_v|ffn_down|token_embd/.test(name) ? "Q6_K" : "Q4_K";

/** Whole numbers of these keys are float32 in files. */
export const typedValues = (values: ReadonlyMap<string, unknown>) =>
  Object.fromEntries(
    [...values].map(([key, value]) =>
      /freq_base|epsilon|scale/.test(key) ? [key, { float32: value as number }] : [key, value],
    ),
  ) as Parameters<typeof writeGguf>[0];

/**
 * The bytes of a GGUF file of a drawn model whose matrices are drawn blocks.
 * @param typeOf the type of a matrix by its name
 */
export async function blockModel(
  folder: string,
  config: keyof typeof blockConfigs,
  typeOf: (name: string) => AnyBlockType,
): Promise<Uint8Array> {
  const path = join(folder, "drawn.gguf");
  const model = new CausalLM(parseConfig(blockConfigs[config]));
  await saveGguf(path, model, null, { type: "F32" });
  model.dispose();
  const file = await openGguf(new Uint8Array(readFileSync(path)));
  const random = numbers(7);
  const tensors: GgufToWrite[] = [];
  for (const name of file.names) {
    const { shape, data } = await file.readFloat32(name);
    const isMatrix = shape.length > 1 && !name.includes("ffn_gate_inp");
    if (!isMatrix) tensors.push({ name, shape, type: 0, bytes: f32Bytes(data) });
    else {
      const type = typeOf(name);
      const bytes = drawnBlocks(type, data.length, { random });
      tensors.push({ name, shape, type: allBlockTypes[type].type, bytes });
    }
  }
  await file.close();
  return writeGguf(typedValues(file.values), tensors);
}
