import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { readLlama2c, readLlama2cTokenizer } from "../../src/files";
import { rotaryPairsToHalves } from "../../src/files/rotary-rows";
import { llamaLogits } from "./tiny-llama";

interface Sizes {
  dim: number;
  hidden: number;
  layers: number;
  heads: number;
  keyValueHeads: number;
  vocab: number;
  sequence: number;
}
const sizes: Sizes = {
  dim: 8,
  hidden: 5,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  vocab: 3,
  sequence: 4,
};

/** A checkpoint whose float at place i is i. A negative vocabulary adds the separate classifier. */
function checkpoint(change: Partial<Sizes> = {}, floatsMissing = 0): Uint8Array {
  const s = { ...sizes, ...change };
  const vocab = Math.abs(s.vocab);
  const keyRows = (s.dim / s.heads) * s.keyValueHeads;
  const layer = 2 * s.dim + 2 * s.dim * s.dim + 2 * keyRows * s.dim + 3 * s.hidden * s.dim;
  const rotary = s.sequence * (s.dim / s.heads);
  const head = s.vocab < 0 ? vocab * s.dim : 0;
  const count = vocab * s.dim + s.layers * layer + s.dim + rotary + head - floatsMissing;
  const bytes = new Uint8Array(28 + 4 * Math.max(0, count));
  new Int32Array(bytes.buffer, 0, 7).set([
    s.dim,
    s.hidden,
    s.layers,
    s.heads,
    s.keyValueHeads,
    s.vocab,
    s.sequence,
  ]);
  const floats = new Float32Array(bytes.buffer, 28);
  floats.set(floats.map((_, i) => i));
  return bytes;
}

const ramp = (begin: number, length: number) => Float32Array.from({ length }, (_, i) => begin + i);

describe("a llama2.c checkpoint", () => {
  it("gives its header and every tensor under its Hugging Face name, in model order", async () => {
    const { config, tensors } = await readLlama2c(checkpoint());
    expect(config).toEqual({
      dim: 8,
      hiddenDim: 5,
      layers: 2,
      heads: 2,
      keyValueHeads: 1,
      vocabSize: 3,
      sequenceLength: 4,
      hasSharedClassifier: true,
    });
    const layer = (i: number) =>
      [
        ["input_layernorm", [8]],
        ["self_attn.q_proj", [8, 8]],
        ["self_attn.k_proj", [4, 8]],
        ["self_attn.v_proj", [4, 8]],
        ["self_attn.o_proj", [8, 8]],
        ["post_attention_layernorm", [8]],
        ["mlp.gate_proj", [5, 8]],
        ["mlp.down_proj", [8, 5]],
        ["mlp.up_proj", [5, 8]],
      ].map(([name, shape]) => [`model.layers.${i}.${name}.weight`, shape]);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ["model.embed_tokens.weight", [3, 8]],
      ...layer(0),
      ...layer(1),
      ["model.norm.weight", [8]],
    ]);
  });

  it("stores each kind of tensor for all layers together", async () => {
    const { tensors } = await readLlama2c(checkpoint());
    const data = (name: string) => tensors.get(`model.${name}.weight`)?.data;
    expect(data("embed_tokens")).toEqual(ramp(0, 24));
    expect(data("layers.1.input_layernorm")).toEqual(ramp(32, 8));
    const q1 = rotaryPairsToHalves(ramp(40 + 64, 64), { heads: 2, headSize: 4 });
    expect(data("layers.1.self_attn.q_proj")).toEqual(q1);
    const k0 = rotaryPairsToHalves(ramp(168, 32), { heads: 1, headSize: 4 });
    expect(data("layers.0.self_attn.k_proj")).toEqual(k0);
    expect(data("layers.0.self_attn.v_proj")).toEqual(ramp(232, 32));
    expect(data("layers.1.self_attn.o_proj")).toEqual(ramp(296 + 64, 64));
    expect(data("layers.0.mlp.gate_proj")).toEqual(ramp(440, 40));
    expect(data("layers.0.mlp.down_proj")).toEqual(ramp(520, 40));
    expect(data("layers.1.mlp.up_proj")).toEqual(ramp(640, 40));
    expect(data("norm")).toEqual(ramp(680, 8));
  });

  it("has a separate classifier after the rotary tables when its vocabulary is negative", async () => {
    const { config, tensors } = await readLlama2c(checkpoint({ vocab: -3 }));
    expect(config).toMatchObject({ vocabSize: 3, hasSharedClassifier: false });
    expect(tensors.get("lm_head.weight")).toEqual({ shape: [3, 8], data: ramp(704, 24) });
    expect([...tensors.keys()].at(-1)).toBe("lm_head.weight");
  });

  it("is refused when cut off, too long, impossible or of a later version", async () => {
    const later = new Uint8Array(256);
    new DataView(later.buffer).setInt32(0, 0x616b3432, true);
    const negative = checkpoint();
    new DataView(negative.buffer).setInt32(8, -2, true);
    for (const [bytes, message] of [
      [new Uint8Array(27), /header of 28 bytes, got 27/],
      [checkpoint({}, 1), /must have \d+ bytes by its header/],
      [checkpoint({}, -1), /must have \d+ bytes by its header/],
      [checkpoint({ dim: 6 }), /possible header/],
      [checkpoint({ heads: 2, keyValueHeads: 3 }), /possible header/],
      [checkpoint({ vocab: 0 }), /possible header/],
      [negative, /possible header/],
      [later, /version 0/],
    ] as const)
      await expect(readLlama2c(bytes)).rejects.toMatchObject({
        code: "ERR_FORMAT",
        message: expect.stringMatching(message),
      });
  });
});

describe("a llama2.c tokenizer", () => {
  const file = (...pieces: [number, string][]) => {
    const parts = pieces.map(([score, text]) => {
      const head = new Uint8Array(8);
      new DataView(head.buffer).setFloat32(0, score, true);
      new DataView(head.buffer).setInt32(4, text.length, true);
      return Buffer.concat([head, Buffer.from(text)]);
    });
    return new Uint8Array(Buffer.concat([Uint8Array.of(3, 0, 0, 0), ...parts]));
  };

  it("gives scores and bytes by id", async () => {
    expect(await readLlama2cTokenizer(file([-1.5, "the"], [0, ""]))).toEqual({
      maxLength: 3,
      pieces: [
        { score: -1.5, bytes: new TextEncoder().encode("the") },
        { score: 0, bytes: new Uint8Array(0) },
      ],
    });
  });

  it("is refused when cut off or when a piece is longer than the longest", async () => {
    const good = file([1, "ab"]);
    for (const bytes of [
      good.subarray(0, 3),
      good.subarray(0, 9),
      good.subarray(0, 13),
      file([0, "four"]),
      file([Number.NaN, "a"]),
    ])
      await expect(readLlama2cTokenizer(bytes)).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });
});

describe.skipIf(sharedIsMissing)("the stories260K model", () => {
  it("tells its known story when run as a Hugging Face Llama", async () => {
    const folder = "data/models/stories260K";
    const { config, tensors } = await readLlama2c(shared(`${folder}/stories260K.bin`));
    const { maxLength, pieces } = await readLlama2cTokenizer(shared(`${folder}/tok512.bin`));
    expect(config).toMatchObject({
      dim: 64,
      layers: 5,
      heads: 8,
      keyValueHeads: 4,
      vocabSize: 512,
    });
    expect([maxLength, pieces.length]).toEqual([7, 512]);
    const next = llamaLogits(config, tensors);
    const text = new TextDecoder();
    let story = "";
    for (let token = 1, position = 0; position < 40; position++) {
      const logits = next(token, position);
      token = logits.indexOf(Math.max(...logits));
      story += text.decode(pieces[token]!.bytes);
    }
    expect(story.trim()).toMatch(/^Once upon a time, there was a little girl named Lily\./);
  });
});
