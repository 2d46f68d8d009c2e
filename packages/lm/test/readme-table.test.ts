import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, openGguf, setBackend } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import {
  CausalLM,
  type EncoderConfig,
  EncoderModel,
  loadEncoder,
  loadModel,
  type ModelConfig,
  parseConfig,
  parseEncoderConfig,
  saveEncoder,
  saveGguf,
  saveModel,
} from "../src";
import { familyTraits, supportedModelTypes, wrappers } from "../src/config";
import { encoderFamily } from "../src/encoder/families";
import { encoderModelTypes } from "../src/encoder/parse-encoder-config";

/** Small sizes under the keys of all families; layers and scales as the released models have them. */
const json = (modelType: string) => ({
  model_type: modelType,
  vocab_size: 32,
  hidden_size: 64,
  intermediate_size: 64,
  moe_intermediate_size: 32,
  num_hidden_layers: modelType === "gemma2" ? 26 : modelType === "gemma3_text" ? 18 : 2,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  norm_topk_prob: modelType === "qwen3_moe" || modelType === "deepseek_v3",
  head_dim: 32,
  n_embd: 64,
  n_layer: 2,
  n_head: 2,
  n_positions: 32,
  max_position_embeddings: 32,
  n_routed_experts: 4,
  num_experts: 4,
  num_local_experts: 4,
  num_experts_per_tok: 2,
  n_shared_experts: 1,
  shared_expert_intermediate_size: 32,
  n_group: modelType === "deepseek_v3" ? 2 : null,
  topk_group: modelType === "deepseek_v3" ? 1 : null,
  first_k_dense_replace: 1,
  q_lora_rank: 32,
  kv_lora_rank: 32,
  v_head_dim: 32,
  qk_nope_head_dim: 32,
  qk_rope_head_dim: 32,
  query_pre_attn_scalar: 32,
  sliding_window: modelType === "mistral" || modelType === "mixtral" ? null : 8,
  eos_token_id: null,
});

const factors = Array.from({ length: 16 }, () => 1);
const scalings: Readonly<Record<string, object>> = {
  linear: { factor: 2 },
  dynamic: { factor: 2 },
  llama3: {
    factor: 2,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8,
  },
  yarn: { factor: 2 },
  longrope: { short_factor: factors, long_factor: factors, factor: 2 },
};

const isAccepted = (call: () => unknown) => {
  try {
    call();
    return true;
  } catch {
    return false;
  }
};

/** The features that a family's files may ask for, in words, as far as families differ. */
function featuresOf(config: ModelConfig): string {
  const types = Object.entries(scalings).filter(([rope_type, values]) =>
    isAccepted(() => parseConfig({ ...config.source, rope_scaling: { rope_type, ...values } })),
  );
  const traits = familyTraits(config);
  const windowed = parseConfig({ ...config.source, sliding_window: 8 });
  const isAll = types.length === Object.keys(scalings).length;
  const words = {
    "learned positions": traits.positions === "learned",
    "all rotary scalings": traits.positions === "rotary" && isAll,
    [`${types.map(([type]) => type).join("/")} scaling`]: traits.positions === "rotary" && !isAll,
    MLA: traits.attention === "latent",
    windows: "slidingWindow" in windowed && windowed.slidingWindow === 8,
    experts: "nRoutedExperts" in config,
    "logit caps": "finalLogitSoftcapping" in config,
  };
  return Object.keys(words)
    .filter((word) => words[word as keyof typeof words])
    .join(", ");
}

/** The architecture of the GGUF file that a model of the family goes to and comes from, tried as its folder is. */
async function ggufOf(config: ModelConfig, folder: string): Promise<string> {
  const model = new CausalLM(config, { generator: new Generator(1) });
  await saveModel(folder, model);
  (await loadModel(folder)).dispose();
  const path = join(folder, "model.gguf");
  const isGguf = await saveGguf(path, model, null).then(
    () => true,
    () => false,
  );
  model.dispose();
  if (!isGguf) return "–";
  const again = await loadModel(path);
  expect(again.config.unknownKeys, config.modelType).toEqual([]);
  again.dispose();
  const file = await openGguf(path);
  const name = file.values.get("general.architecture") as string;
  await file.close();
  return `\`${name}\``;
}

/** Rows as a table whose columns are aligned, as the formatter leaves it. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lineOf = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const [head, ...body] = rows;
  return [head!, widths.map((width) => "-".repeat(width)), ...body].map(lineOf).join("\n");
}

async function encoderRow(
  modelType: EncoderConfig["modelType"],
  folder: string,
): Promise<[string, string]> {
  const sizes = {
    hidden_size: 8,
    intermediate_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    dim: 8,
    hidden_dim: 8,
    n_layers: 1,
    n_heads: 2,
    pad_token_id: 0,
  };
  const { className } = encoderFamily({ modelType });
  const tasks = ["ForSequenceClassification", "ForMaskedLM", "Model"].map(async (suffix) => {
    const json = { model_type: modelType, architectures: [className + suffix], vocab_size: 9 };
    const model = new EncoderModel(parseEncoderConfig({ ...json, ...sizes }));
    await saveEncoder(join(folder, suffix), model);
    const again = await loadEncoder(join(folder, suffix));
    expect(again.config.task).toBe(model.config.task);
    for (const one of [model, again]) one.dispose();
  });
  await Promise.all(tasks);
  return ["–", "encoder: labels, masked LM, embeddings"];
}

it("says which families, files and features are read (`vitest -u` writes the table)", async () => {
  setBackend("js");
  const folder = await mkdtemp(join(tmpdir(), "lm-table-"));
  const rows: [string, string, string][] = [];
  for (const modelType of supportedModelTypes) {
    const config = parseConfig(json(modelType));
    const inner = Object.keys(wrappers).filter((name) => wrappers[name] === modelType);
    for (const wrapper of inner)
      parseConfig({ model_type: wrapper, text_config: json(modelType), vision_config: {} });
    const names = [modelType, ...inner].map((name) => `\`${name}\``).join(", ");
    rows.push([names, await ggufOf(config, join(folder, modelType)), featuresOf(config)]);
  }
  for (const modelType of encoderModelTypes)
    rows.push([`\`${modelType}\``, ...(await encoderRow(modelType, join(folder, modelType)))]);
  await rm(folder, { recursive: true });
  const lines: { features: string; families: string[]; files: string[] }[] = [];
  for (const [family, file, features] of rows) {
    let line = lines.findLast((one) => one.features === features);
    if (line === undefined || line.families.length === 3) {
      line = { features, families: [], files: [] };
      lines.push(line);
    }
    line.families.push(family);
    if (!line.files.includes(file)) line.files.push(file);
  }
  const table = tableOf([
    ["`model_type`", "llama.cpp writes", "What a configuration may ask for"],
    ...lines.map(({ features, families, files }) => [
      families.join(", "),
      files.join(", "),
      features,
    ]),
  ]);
  const path = new URL("../README.md", import.meta.url);
  const readme = await readFile(path, "utf8");
  const [before, after] = [/^[\s\S]*<!-- families -->\n/, /\n<!-- \/families -->[\s\S]*$/].map(
    (part) => part.exec(readme)?.[0],
  );
  await expect(`${before}${table}${after}`).toMatchFileSnapshot("../README.md");
});
