/** @file Files of blocks with changed and missing bytes: typed errors alone, and no more bytes taken than the head promises. */
import { allBlockTypes, drawnBlocks, roundedTypes } from "@deepgrain/vitest/drawn-blocks";
import { f32Bytes, writeGguf } from "@deepgrain/vitest/write-gguf";
import { describe, expect, it } from "vitest";
import { type ByteSource, fillTensor, openGguf, TensorError, zeros } from "../../src";
import { createDraw, type Draw, seedOf } from "../fuzz/draw";

const kinds = Object.keys(roundedTypes) as (keyof typeof roundedTypes)[];
const rows = 3;
const width = 512;

/** A file of a vector and two matrices of blocks. */
function wholeFile(kind: keyof typeof roundedTypes, draw: Draw): Uint8Array {
  const random = () => draw.int(0, 2 ** 30 - 1) / 2 ** 30;
  const { type } = allBlockTypes[kind];
  const matrix = (name: string) => ({
    name,
    shape: [rows, width],
    type,
    bytes: drawnBlocks(kind, rows * width, { random }),
  });
  const vector = { name: "norm", shape: [8], type: 0, bytes: f32Bytes([1, 2, 3, 4, 5, 6, 7, 8]) };
  return writeGguf({ "general.name": kind }, [matrix("a"), vector, matrix("b")]);
}

/** Changes up to four bytes, of the head more often than not, and sometimes cuts the end off. */
function damage(whole: Uint8Array, draw: Draw): Uint8Array {
  const bytes = whole.slice();
  for (let i = draw.int(1, 4); i > 0; i--) {
    const end = draw.chance(0.6) ? 260 : bytes.length;
    bytes[draw.int(0, end - 1)] = draw.int(0, 255);
  }
  return draw.chance(0.2) ? bytes.subarray(0, draw.int(0, bytes.length)) : bytes;
}

/** A source that counts the bytes that are taken from it. */
function countedSource(bytes: Uint8Array) {
  const source = {
    taken: 0,
    size: bytes.length,
    async read(begin: number, end: number) {
      source.taken += end - begin;
      return bytes.slice(begin, end);
    },
  } satisfies ByteSource & { taken: number };
  return source;
}

/** Reads all of a file, and fills what the readers of weights fill. */
async function readAll(source: ReturnType<typeof countedSource>): Promise<void> {
  const file = await openGguf(source);
  expect(source.taken).toBeLessThanOrEqual(source.size); // the head, once
  for (const name of file.names) {
    const { begin, end, shape } = file.info(name);
    const before = source.taken;
    await file.readFloat32(name);
    expect(source.taken - before).toBe(end - begin);
    for (const dtype of ["float32", "int8"] as const) {
      if (dtype === "int8" && (shape.length < 2 || shape.at(-1)! % 32 > 0)) continue;
      const target = zeros(shape).to({ dtype });
      const start = source.taken;
      try {
        await fillTensor(target, file, name);
        if (file.info(name).dtype !== "F32")
          expect(target.to({ dtype: "float32" }).dataSync().every(Number.isFinite)).toBe(true);
      } finally {
        target.dispose();
      }
      expect(source.taken - start).toBe(end - begin);
    }
  }
  await file.close();
}

describe("damaged files of blocks", () => {
  it.each(kinds)("of type %s give typed errors alone (300 files)", async (kind) => {
    const draw = createDraw(seedOf(kind));
    const whole = wholeFile(kind, draw);
    await readAll(countedSource(whole));
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 300; i++) {
      const source = countedSource(damage(whole, draw));
      const outcome = await readAll(source).then(
        () => "read",
        (error: unknown) => {
          if (!TensorError.isInstance(error)) throw error;
          return error.code;
        },
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(outcomes.get("read")).toBeGreaterThan(20);
    expect(outcomes.get("ERR_FORMAT")).toBeGreaterThan(60);
    expect([...outcomes.keys()].every((key) => key === "read" || key.startsWith("ERR_"))).toBe(
      true,
    );
  });

  it.each(kinds)("of type %s name a block whose scale is not finite", async (kind) => {
    const { bytes: size, scales, type } = allBlockTypes[kind];
    const random = () => 0.5;
    for (const offset of scales)
      for (const dtype of ["float32", "int8"] as const) {
        const bytes = drawnBlocks(kind, rows * width, { random });
        bytes[size + offset + 1] = 0x7c; // an infinity in the second block
        const file = await openGguf(
          writeGguf({}, [{ name: "w", shape: [rows, width], type, bytes }]),
        );
        const target = zeros([rows, width]).to({ dtype });
        await expect(fillTensor(target, file, "w")).rejects.toMatchObject({
          code: "ERR_FORMAT",
          message: "tensor-gpu/fillTensor: w is damaged: the scale of a block is not finite",
        });
      }
  });
});
