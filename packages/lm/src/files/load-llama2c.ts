import { takeTurn } from "@deepgrain/support";
import {
  type Llama2cConfig,
  readLlama2c,
  type Source,
  type SourceOptions,
} from "@deepgrain/tensor-gpu";
import { parseConfig } from "../config";
import { optionsOf, refuseUnknown } from "../errors";
import { CausalLM } from "../model/causal-lm";

/** The Hugging Face configuration of a llama2.c model. */
function configOf(header: Llama2cConfig): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: header.vocabSize,
    hidden_size: header.dim,
    intermediate_size: header.hiddenDim,
    num_hidden_layers: header.layers,
    num_attention_heads: header.heads,
    num_key_value_heads: header.keyValueHeads,
    max_position_embeddings: header.sequenceLength,
    hidden_act: "silu",
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    tie_word_embeddings: header.hasSharedClassifier,
    bos_token_id: 1,
    eos_token_id: 2,
    torch_dtype: "float32",
  };
}

/**
 * The model of a llama2.c checkpoint as a Llama in the Hugging Face layout; `saveModel` writes it as a folder.
 *
 * @param source path, address, `Blob`, bytes or reader of the .bin file
 * @throws {TensorError} `ERR_FORMAT`, `ERR_IO` as reading the file throws
 * @see llama2.c (Karpathy 2023), `export.py`, legacy export
 */
export async function loadLlama2c(source: Source, options: SourceOptions = {}): Promise<CausalLM> {
  const { fetch, signal, ...rest } = optionsOf("loadLlama2c", options);
  refuseUnknown("loadLlama2c", rest);
  const { config, tensors } = await readLlama2c(source, { fetch, signal });
  const model = new CausalLM(parseConfig(configOf(config)), { generator: null });
  for (const [name, { data }] of tensors) {
    await takeTurn();
    signal?.throwIfAborted();
    model.writeWeight(name, data);
  }
  return model;
}
