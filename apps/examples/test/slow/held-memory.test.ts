/** @file Memory of models of 110 M parameters in the types of their files, each in a process of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { f32Bytes, type GgufToWrite, writeGguf } from "@deepgrain/vitest/write-gguf";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PATIENCE = 240_000;
const [HIDDEN, LAYERS, INNER, VOCABULARY] = [768, 12, 2048, 32000];

/** 512 numbers of each type as GGML has them. */
const fixture = JSON.parse(
  readFileSync(
    here("../../../../packages/tensor-gpu/test/files/fixtures/ggml-blocks.json"),
    "utf8",
  ),
) as Record<string, { blocks: string }>;
const TYPES = { Q4_0: 2, Q5_0: 6, Q4_K: 12, Q5_K: 13, Q6_K: 14 } as const;
type Type = keyof typeof TYPES;

function blocksOf(type: Type, shape: readonly number[]): Uint8Array {
  const piece = Buffer.from(fixture[type]!.blocks, "base64");
  const numbers = shape.reduce((a, b) => a * b, 1);
  return Buffer.alloc((numbers / 512) * piece.length, piece);
}

/** A Llama of 110 M parameters whose matrices have a type; the larger half of a mixed file is Q6_K, as in files called Q4_K_M. */
function tensorsOf(type: Type, isMixed: boolean): GgufToWrite[] {
  const matrix = (name: string, rows: number, columns: number, own = type): GgufToWrite => {
    const shape = [rows, columns];
    return { name: `${name}.weight`, shape, type: TYPES[own], bytes: blocksOf(own, shape) };
  };
  const norm = (name: string): GgufToWrite => ({
    name: `${name}.weight`,
    shape: [HIDDEN],
    type: 0,
    bytes: f32Bytes(new Array(HIDDEN).fill(1)),
  });
  const more = isMixed ? "Q6_K" : type;
  const blocks = Array.from({ length: LAYERS }, (_, i) => [
    norm(`blk.${i}.attn_norm`),
    ...["attn_q", "attn_k", "attn_output"].map((one) => matrix(`blk.${i}.${one}`, HIDDEN, HIDDEN)),
    matrix(`blk.${i}.attn_v`, HIDDEN, HIDDEN, more),
    norm(`blk.${i}.ffn_norm`),
    matrix(`blk.${i}.ffn_gate`, INNER, HIDDEN),
    matrix(`blk.${i}.ffn_up`, INNER, HIDDEN),
    matrix(`blk.${i}.ffn_down`, HIDDEN, INNER, more),
  ]);
  return [matrix("token_embd", VOCABULARY, HIDDEN, more), norm("output_norm"), ...blocks.flat()];
}

const values = {
  "general.architecture": "llama",
  "llama.context_length": 2048,
  "llama.embedding_length": HIDDEN,
  "llama.block_count": LAYERS,
  "llama.feed_forward_length": INNER,
  "llama.attention.head_count": 12,
  "llama.attention.head_count_kv": 12,
  "llama.rope.dimension_count": HIDDEN / 12,
  "llama.attention.layer_norm_rms_epsilon": { float32: 1e-5 },
  "llama.vocab_size": VOCABULARY,
};

describe("a model of 110 M parameters that is loaded as its file has it", () => {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-held-memory-"));
  const program = join(folder, "load.mjs");
  const file = join(folder, "model.gguf");
  beforeAll(() =>
    build({
      entryPoints: [here("../support/load-and-tell.mjs")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["@deepgrain/source"],
      logLevel: "error",
    }),
  );
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[string, Type, boolean]>([
    ...(Object.keys(TYPES) as Type[]).map((type): [string, Type, boolean] => [type, type, false]),
    ["Q4_K with Q6_K", "Q4_K", true],
  ])(
    "takes what %s takes in the file, and its process not half as much again and 150 MB",
    (_, type, isMixed) => {
      const tensors = tensorsOf(type, isMixed);
      const written = writeGguf(values, tensors);
      writeFileSync(file, written);
      const text = execFileSync(process.execPath, [program, file], { encoding: "utf8" });
      const told = JSON.parse(text) as { bytes: number; resident: number };
      const inFile = tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(told.bytes / inFile).toBeGreaterThan(0.99);
      expect(told.bytes / inFile).toBeLessThan(1.06);
      expect(told.resident).toBeLessThan(1.5 * written.length + 150e6);
    },
    PATIENCE,
  );
});
