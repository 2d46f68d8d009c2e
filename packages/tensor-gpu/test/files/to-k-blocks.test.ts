import { readFileSync } from "node:fs";
import { writeGguf } from "@deepgrain/vitest/write-gguf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openGguf, toBlocks, toKBlocks } from "../../src";

const TYPES = { Q4_K: 12, Q5_K: 13, Q6_K: 14 } as const;
type Name = keyof typeof TYPES;
const names = Object.keys(TYPES) as Name[];

/** The numbers that a reader gets of blocks. */
async function widened(type: Name, values: Float32Array): Promise<Float32Array> {
  const bytes = (await toKBlocks(type, values))!;
  const shape = [values.length / 256, 256];
  const file = await openGguf(writeGguf({}, [{ name: "w", shape, type: TYPES[type], bytes }]));
  return (await file.readFloat32("w")).data as Float32Array;
}

const meanSquare = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / a.length;

/** Numbers from 0 to 1 from a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const draws = {
  normal: (random: () => number) =>
    0.02 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  uniform: (random: () => number) => random() - 0.5,
  positive: (random: () => number) => 1 + 0.1 * (random() + random() - 1),
};

/**
 * Mean squared errors of 8,192 numbers of each draw in the blocks of `ggml_quantize_chunk` of libggml-base, from npm's
 * `@node-llama-cpp/linux-x64` 3.22.1 through koffi.
 */
const ggmlErrors = JSON.parse(
  readFileSync(new URL("fixtures/ggml-errors.json", import.meta.url), "utf8"),
) as Record<keyof typeof draws, Record<Name, number>> & { Q5_1: string };

describe("toKBlocks", () => {
  it.each(Object.keys(draws) as (keyof typeof draws)[])(
    "loses at most as much of %s numbers as GGML's quantiser",
    async (draw) => {
      const random = randomOf(1);
      const values = Float32Array.from({ length: 8192 }, () => draws[draw](random));
      for (const type of names) {
        const error = meanSquare(values, await widened(type, values));
        expect(error, type).toBeLessThanOrEqual(1.02 * ggmlErrors[draw][type]);
        expect(error, type).toBeGreaterThan(0.8 * ggmlErrors[draw][type]);
      }
    },
  );

  it("keeps numbers that blocks can hold, in Q4_K and Q5_K scales and minima of 6 bits", async () => {
    for (const [type, top] of [
      ["Q4_K", 15],
      ["Q5_K", 31],
    ] as const) {
      // Groups of scale (63 − 7j)/64 and minimum (7 + 8j)/32, each with its lowest and its highest level.
      const values = Float32Array.from({ length: 256 }, (_, i) => {
        const [j, level] = [i >> 5, (i * 7) % (top + 1)];
        return ((63 - 7 * j) / 64) * level - (7 + 8 * j) / 32;
      });
      expect(await widened(type, values)).toEqual(values);
    }
    // Groups of the scales −128/256, −111/256, …, 127/256.
    const values = Float32Array.from({ length: 256 }, (_, i) => {
      const level = i % 16 === 0 ? -32 : ((i * 5) % 64) - 32;
      return ((17 * (i >> 4) - 128) / 256) * level;
    });
    expect(await widened("Q6_K", values)).toEqual(values);
  });

  it("is within a level of the block's range of any numbers", async () => {
    const numbers = fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), {
      minLength: 256,
      maxLength: 256,
    });
    const levels = { Q4_K: 13, Q5_K: 20, Q6_K: 20 };
    await fc.assert(
      fc.asyncProperty(numbers, fc.constantFrom(...names), async (list, type) => {
        const values = Float32Array.from(list);
        const got = await widened(type, values);
        const range = Math.max(0, ...values) - Math.min(0, ...values);
        for (const [i, x] of values.entries())
          expect(Math.abs(got[i]! - x)).toBeLessThanOrEqual(range / levels[type] + 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("holds zeros, equal numbers and single ones", async () => {
    const single = new Float32Array(256);
    single[200] = -3;
    for (const type of names) {
      expect(await widened(type, new Float32Array(256))).toEqual(new Float32Array(256));
      const equal = await widened(type, new Float32Array(512).fill(-0.75));
      expect(equal).toBeAllclose(new Float32Array(512).fill(-0.75), { rtol: 2e-3, atol: 0 });
      expect(await widened(type, single)).toBeAllclose(single, { rtol: 2e-3, atol: 5e-4 });
    }
    expect(await toKBlocks("Q4_K", new Float32Array(0))).toEqual(new Uint8Array(0));
  });

  it("makes no blocks of numbers that are not finite or beyond its scales, nor of parts of blocks", async () => {
    for (const type of names) {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const values = new Float32Array(512).fill(0.5);
        values[300] = bad;
        expect(await toKBlocks(type, values)).toBeUndefined();
      }
      const huge = Float32Array.from({ length: 256 }, (_, i) => (i - 100) * 1e30);
      expect(await toKBlocks(type, huge)).toBeUndefined();
      await expect(toKBlocks(type, new Float32Array(255))).rejects.toMatchObject({
        code: "ERR_SHAPE",
      });
      await expect(toKBlocks(type, [1] as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    }
    for (const other of ["Q2_K", "Q8_0", undefined])
      await expect(toKBlocks(other as never, new Float32Array(256))).rejects.toMatchObject({
        code: "ERR_RANGE",
      });
  });
});

describe("toBlocks", () => {
  it("makes GGML's own blocks of Q5_1", () => {
    const { source } = JSON.parse(
      readFileSync(new URL("fixtures/ggml-blocks.json", import.meta.url), "utf8"),
    ) as { source: string };
    const numbers = new Float32Array(new Uint8Array(Buffer.from(source, "base64")).buffer);
    const blocks = toBlocks("Q5_1", numbers)!;
    expect(Buffer.from(blocks).toString("base64")).toBe(ggmlErrors.Q5_1);
  });

  it("makes no blocks of Q5_1 whose least number or scale is no float16", () => {
    for (const bad of [Number.NaN, Infinity, 1e9, -1e9])
      expect(toBlocks("Q5_1", new Float32Array(32).fill(bad))).toBeUndefined();
    const wide = new Float32Array(32);
    wide[3] = 3e6;
    expect(toBlocks("Q5_1", wide)).toBeUndefined();
  });
});
