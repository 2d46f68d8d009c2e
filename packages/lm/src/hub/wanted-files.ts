import { LmError } from "../errors";

/** The parts of a repository that are needed. */
export type HubPart = "config" | "model" | "tokenizer" | "adapter";

export const hubParts: readonly HubPart[] = ["config", "model", "tokenizer", "adapter"];

/** Files of sentence-transformers. */
export const poolingFolder = "1_Pooling";
const embedding = ["modules.json", "sentence_bert_config.json", `${poolingFolder}/config.json`];

const named: Readonly<Record<HubPart, readonly string[]>> = {
  config: ["config.json"],
  model: ["config.json", ...embedding],
  tokenizer: ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"],
  adapter: ["adapter_config.json", "adapter_model.safetensors"],
};

const shard = /^model-\d{5}-of-\d{5}\.safetensors$/;
const whole = "model.safetensors";
const index = "model.safetensors.index.json";

/** The files of the weights: one, or shards with their index. */
function weightFiles(names: readonly string[]): string[] {
  if (names.includes(whole)) return [whole];
  return names.includes(index) ? [index, ...names.filter((name) => shard.test(name))] : [];
}

/**
 * The files of a repository that its parts consist of; those that it does not have are left out, and the loaders
 * say what is missing.
 *
 * @param names of the root's files, and of the folder for pooling where there is one
 * @throws {LmError} `ERR_MISSING` for a model without safetensors, saying what weights there are
 */
export function wantedFiles(
  repository: string,
  names: readonly string[],
  parts: readonly HubPart[],
): string[] {
  const wanted = new Set(parts.flatMap((part) => named[part]).filter((n) => names.includes(n)));
  if (!parts.includes("model")) return [...wanted];
  const weights = weightFiles(names);
  const isAdapter = parts.includes("adapter") && wanted.has("adapter_model.safetensors");
  if (weights.length > 0 || isAdapter) return [...wanted, ...weights];
  const others = names.filter((name) => /\.(bin|pt|pth|h5|msgpack|gguf|onnx)$/i.test(name));
  const gguf = others.find((name) => /\.gguf$/i.test(name));
  const hint = gguf === undefined ? "" : `; name one, as in hf:${repository}/${gguf}`;
  const found = others.length === 0 ? "no weights" : others.slice(0, 5).join(", ");
  throw new LmError(
    "ERR_MISSING",
    `lm/hub: ${repository} must have model.safetensors or its shards, found ${found}${hint}`,
    { fields: { repository, found: others } },
  );
}
