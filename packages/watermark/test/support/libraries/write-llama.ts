/** @file A llama of one layer as a file of GGUF, whose next token depends almost only on the last one. */
import { f32Bytes, type GgufToWrite, writeGguf } from "@deepgrain/vitest/write-gguf";
import { makeRandom } from "../language-model";

const WIDTH = 32;
const HEADS = 4;
const INNER = 64;

/** Tokens of SentencePiece: unknown, start, end, 256 bytes, and words up to the size. */
function vocabulary(size: number) {
  const bytes = Array.from(
    { length: 256 },
    (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  const special = ["<unk>", "<s>", "</s>"];
  const words = Array.from({ length: size - 259 }, (_, i) => `\u2581w${i}`);
  const tokens = [...special, ...bytes, ...words];
  const types = [2, 3, 3, ...bytes.map(() => 6), ...words.map(() => 1)];
  return { tokens, types, scores: tokens.map((_, i) => -i - 0.5) };
}

/** @param size tokens, more than 259 @param sharpness standard deviation of the logits */
export function llamaFile(size: number, seed: number, sharpness: number): Uint8Array {
  const random = makeRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const draw = (name: string, shape: readonly number[], deviation: number): GgufToWrite => {
    const count = shape.reduce((a, b) => a * b, 1);
    const bytes = f32Bytes(Float32Array.from({ length: count }, () => deviation * normal()));
    return { name, shape, type: 0, bytes };
  };
  const ones = (name: string): GgufToWrite => ({
    name,
    shape: [WIDTH],
    type: 0,
    bytes: f32Bytes(new Float32Array(WIDTH).fill(1)),
  });
  const { tokens, types, scores } = vocabulary(size);
  const llama = {
    "llama.context_length": 1024,
    "llama.embedding_length": WIDTH,
    "llama.block_count": 1,
    "llama.feed_forward_length": INNER,
    "llama.attention.head_count": HEADS,
    "llama.attention.head_count_kv": HEADS,
    "llama.rope.dimension_count": WIDTH / HEADS,
    "llama.vocab_size": size,
    "llama.attention.layer_norm_rms_epsilon": 0.00001,
  };
  const tokenizer = {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.scores": scores,
    "tokenizer.ggml.token_type": types,
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.ggml.unknown_token_id": 0,
  };
  const block = "blk.0";
  const square = ["attn_q", "attn_k", "attn_v", "attn_output"].map((name) =>
    draw(`${block}.${name}.weight`, [WIDTH, WIDTH], 0.02),
  );
  return writeGguf(
    { "general.architecture": "llama", "general.name": "tiny", ...llama, ...tokenizer },
    [
      draw("token_embd.weight", [size, WIDTH], 1),
      ones(`${block}.attn_norm.weight`),
      ...square,
      ones(`${block}.ffn_norm.weight`),
      draw(`${block}.ffn_gate.weight`, [INNER, WIDTH], 0.02),
      draw(`${block}.ffn_up.weight`, [INNER, WIDTH], 0.02),
      draw(`${block}.ffn_down.weight`, [WIDTH, INNER], 0.02),
      ones("output_norm.weight"),
      draw("output.weight", [size, WIDTH], sharpness / Math.sqrt(WIDTH)),
    ],
  );
}
