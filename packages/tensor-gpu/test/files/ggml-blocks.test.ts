/**
 * @file Blocks made by `ggml_quantize_chunk` and widened by `dequantize_row_*` of libggml-base, from npm's
 * `@node-llama-cpp/linux-x64` 3.22.1 through koffi. 512 numbers: small ones, large ones, and a shifted quarter.
 */
import { readFileSync } from "node:fs";
import { writeGguf } from "@deepgrain/vitest/write-gguf";
import { describe, expect, it } from "vitest";
import { fillTensor, openGguf, TensorError, zeros } from "../../src";

const TYPES = {
  ...{ Q4_0: 2, Q4_1: 3, Q5_0: 6, Q5_1: 7, Q8_0: 8, Q2_K: 10, Q3_K: 11, Q4_K: 12, Q5_K: 13 },
  ...{ Q6_K: 14, IQ4_NL: 20, IQ4_XS: 23 },
} as const;
type Name = keyof typeof TYPES;
const names = Object.keys(TYPES) as Name[];

const fixture = JSON.parse(
  readFileSync(new URL("fixtures/ggml-blocks.json", import.meta.url), "utf8"),
) as { source: string } & Record<Name, { blocks: string; values: string }>;
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const numbersOf = (text: string) => new Float32Array(bytesOf(text).buffer);

const fileOf = (name: Name, rows = 2, bytes = bytesOf(fixture[name].blocks), width = 512 / rows) =>
  openGguf(writeGguf({}, [{ name: "w", shape: [rows, width], type: TYPES[name], bytes }]));

describe("blocks of GGML", () => {
  it.each(names)("%s widen to the numbers of GGML's own reader, to the bit", async (name) => {
    const file = await fileOf(name);
    expect(file.info("w").dtype).toBe(name);
    expect((await file.readFloat32("w")).data).toEqual(numbersOf(fixture[name].values));
    const second = await file.readRows("w", 1, 2);
    expect(second.data).toEqual(numbersOf(fixture[name].values).subarray(256));
  });

  it.each(names)(
    "%s become int8 blocks within 0.57 of a step: half, and what its float16 scale loses",
    async (name) => {
      const target = zeros([2, 256]).to({ dtype: "int8" });
      const file = await fileOf(name);
      await fillTensor(target, file, "w");
      const wanted = numbersOf(fixture[name].values);
      const got = target.to({ dtype: "float32" }).dataSync();
      for (let begin = 0; begin < 512; begin += 32) {
        const block = wanted.subarray(begin, begin + 32);
        const step = Math.max(...block.map(Math.abs)) / 127;
        for (let i = 0; i < 32; i++)
          expect(Math.abs(got[begin + i]! - block[i]!)).toBeLessThanOrEqual(0.57 * step);
      }
    },
  );

  it.each(names)("%s are read a piece at a time as at once", async (name) => {
    const piece = bytesOf(fixture[name].blocks);
    const times = 1 + Math.ceil(2 ** 24 / piece.length); // more than is widened at a time
    const bytes = new Uint8Array(times * piece.length);
    for (let i = 0; i < times; i++) bytes.set(piece, i * piece.length);
    const { data } = await (await fileOf(name, 2 * times, bytes, 256)).readFloat32("w");
    const wanted = numbersOf(fixture[name].values);
    for (const i of [0, 1, times >> 1, times - 2, times - 1])
      expect(data.subarray(512 * i, 512 * i + 512)).toEqual(wanted);
  });

  it("refuse rows that are not whole blocks, and a file that ends inside one", async () => {
    const bytes = bytesOf(fixture.Q4_K.blocks);
    const broken = fileOf("Q4_K", 4, bytes);
    await expect(broken).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining("w: rows of Q4_K must be whole blocks of 256, got 128"),
    });
    const cut = fileOf("Q6_K", 2, bytesOf(fixture.Q6_K.blocks).subarray(0, 400));
    await expect(cut).rejects.toSatisfy(
      (error) => TensorError.isInstance(error) && error.code === "ERR_FORMAT",
    );
  });
});
