import { type CausalLM, loadModel } from "@deepgrain/lm";

/** The configuration of stories260K. */
export const config = {
  model_type: "llama",
  vocab_size: 512,
  hidden_size: 64,
  intermediate_size: 172,
  num_hidden_layers: 5,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
};

/** The model, from its weights alone. */
export const openModel = (weights: Blob): Promise<CausalLM> =>
  loadModel(
    new Map([
      ["config.json", new Blob([JSON.stringify(config)])],
      ["model.safetensors", weights],
    ]),
  );
