// node large-model.mjs [layers]: a Llama-shaped checkpoint of about 1.5 G drawn bfloat16 weights is written, loaded as it is and
// continued by a few tokens within the 4 GiB of a WebAssembly memory. Prints a line of JSON: parameters, seconds to load,
// milliseconds per token, and the bytes of the memory.
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate, loadModel, modelBytes, parseConfig } from "@deepgrain/lm";
import { createWasmBackend, memory, setBackend } from "@deepgrain/tensor-gpu";

const layers = Number(process.argv[2] ?? 22);
const [hidden, inner, vocabulary] = [2048, 8192, 32000];
const config = {
  model_type: "llama",
  vocab_size: vocabulary,
  hidden_size: hidden,
  intermediate_size: inner,
  num_hidden_layers: layers,
  num_attention_heads: 16,
  max_position_embeddings: 2048,
  tie_word_embeddings: true,
  eos_token_id: null,
};

function* weights() {
  yield ["model.embed_tokens.weight", [vocabulary, hidden]];
  for (let l = 0; l < layers; l++) {
    const name = `model.layers.${l}`;
    for (const part of "qkvo") yield [`${name}.self_attn.${part}_proj.weight`, [hidden, hidden]];
    for (const part of ["gate", "up"]) yield [`${name}.mlp.${part}_proj.weight`, [inner, hidden]];
    yield [`${name}.mlp.down_proj.weight`, [hidden, inner]];
    for (const part of ["input", "post_attention"])
      yield [`${name}.${part}_layernorm.weight`, [hidden]];
  }
  yield ["model.norm.weight", [hidden]];
}

/** Small numbers of either sign, as bfloat16. */
function block(bytes) {
  const codes = new Uint16Array(bytes / 2);
  let state = 1;
  for (let i = 0; i < codes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    codes[i] = 0x3c00 | ((state >>> 16) & 0x807f); // ±(1 … 2) · 2⁻⁷
  }
  return new Uint8Array(codes.buffer);
}

/** Writes the checkpoint, the same block over and over. @returns how many parameters it has */
async function write(folder) {
  const header = {};
  let [end, parameters] = [0, 0];
  for (const [name, shape] of weights()) {
    const size = shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: "BF16", shape, data_offsets: [end, end + 2 * size] };
    end += 2 * size;
    parameters += size;
  }
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  const file = await open(join(folder, "model.safetensors"), "w");
  await file.write(Buffer.concat([length, head]));
  const numbers = block(1 << 24);
  for (let at = 0; at < end; at += numbers.length)
    await file.write(numbers.subarray(0, Math.min(numbers.length, end - at)));
  await file.close();
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return parameters;
}

const folder = await mkdtemp(join(tmpdir(), "large-model-"));
const backend = setBackend(createWasmBackend());
try {
  const parameters = await write(folder);
  const start = performance.now();
  const model = await loadModel(folder, { dtype: "auto" });
  const loadSeconds = (performance.now() - start) / 1000;
  const times = [];
  let last = performance.now();
  for await (const _ of generate(model, [[1, 2, 3, 4]], { maxNewTokens: 8 })) {
    times.push(performance.now() - last);
    last = performance.now();
  }
  const tokenMs = times.slice(1).sort((a, b) => a - b)[3];
  const expected = modelBytes(parseConfig(config), "bfloat16");
  const { maximumBytes } = backend;
  console.log(
    JSON.stringify({
      parameters,
      loadSeconds,
      tokenMs,
      expected,
      liveBytes: memory().bytes,
      maximumBytes,
      residentBytes: process.memoryUsage().rss,
    }),
  );
} finally {
  await rm(folder, { recursive: true });
  await backend.dispose();
}
