// node write-gguf.mjs <folder>: the 15M and 110M models of decode.mjs with drawn weights as GGUF files for llama.cpp, in float32
// and with int8 matrices, and the larger one as Q4_K_M. Prints nothing.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { q8Blocks, writeGguf } from "@deepgrain/bench/workloads";
import { CausalLM, loadModel, loadTokenizer, parseConfig, saveGguf } from "@deepgrain/lm";
import { createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { shapes } from "./decode-models.mjs";

const names = {
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
  input_layernorm: "attn_norm",
  post_attention_layernorm: "ffn_norm",
};
const others = {
  "model.embed_tokens.weight": "token_embd.weight",
  "model.norm.weight": "output_norm.weight",
};
const nameOf = (name) =>
  others[name] ??
  name.replace(
    /^model\.layers\.(\d+)\.(.+)\.weight$/,
    (_, block, part) => `blk.${block}.${names[part]}.weight`,
  );

/** Tokens of a made-up vocabulary with their types: three special ones (3), a byte each (6), as llama.cpp requires, and words (1). */
function vocabularyOf(size) {
  const special = ["<unk>", "<s>", "</s>"];
  const bytes = Array.from({ length: 256 }, (_, byte) => {
    const digits = byte.toString(16).toUpperCase().padStart(2, "0");
    return `<0x${digits}>`;
  });
  const words = Array.from({ length: size - special.length - bytes.length }, (_, i) => `▁${i}`);
  const types = [special.map(() => 3), bytes.map(() => 6), words.map(() => 1)];
  return { tokens: [...special, ...bytes, ...words], types: types.flat() };
}

/** The metadata that llama.cpp needs. */
const valuesOf = (shape) => ({
  "general.architecture": "llama",
  "llama.context_length": shape.max_position_embeddings,
  "llama.embedding_length": shape.hidden_size,
  "llama.block_count": shape.num_hidden_layers,
  "llama.feed_forward_length": shape.intermediate_size,
  "llama.attention.head_count": shape.num_attention_heads,
  "llama.attention.head_count_kv": shape.num_key_value_heads,
  "llama.rope.dimension_count": shape.hidden_size / shape.num_attention_heads,
  "llama.attention.layer_norm_rms_epsilon": shape.rms_norm_eps,
  "llama.vocab_size": shape.vocab_size,
  "tokenizer.ggml.model": "llama",
  "tokenizer.ggml.tokens": vocabularyOf(shape.vocab_size).tokens,
  "tokenizer.ggml.scores": Array.from({ length: shape.vocab_size }, (_, i) => -i - 0.5),
  "tokenizer.ggml.token_type": vocabularyOf(shape.vocab_size).types,
  "tokenizer.ggml.bos_token_id": 1,
  "tokenizer.ggml.eos_token_id": 2,
});

const backend = setBackend(createWasmBackend({ threads: 1 }));
for (const label of ["15M", "110M"]) {
  const model = new CausalLM(parseConfig(shapes[label]), { generator: new Generator(7) });
  const weights = [];
  for (const name of model.weightNames())
    weights.push({ name: nameOf(name), ...(await model.readWeight(name)) });
  for (const [suffix, isNarrow] of [
    ["f32", false],
    ["q8", true],
  ]) {
    const tensors = weights.map(({ name, shape, data }) =>
      isNarrow && shape.length > 1
        ? { name, shape, type: 8, bytes: q8Blocks(data) }
        : { name, shape, type: 0, bytes: new Uint8Array(data.buffer) },
    );
    writeFileSync(
      join(process.argv[2], `${label}-${suffix}.gguf`),
      writeGguf(valuesOf(shapes[label]), tensors),
    );
  }
  model.dispose();
}
const [from, to] = ["f32", "q4_k_m"].map((one) => join(process.argv[2], `110M-${one}.gguf`));
const model = await loadModel(from);
await saveGguf(to, model, await loadTokenizer(from), { type: "Q4_K_M" });
await backend.dispose();
