import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ByteSource,
  encodeSafetensors,
  openSafetensors,
  readSafetensors,
  type WriteDtype,
} from "../../src/files";
import { craftFile, entry } from "./craft-file";

/** A source that notes how many bytes it gave. */
function counting(bytes: Uint8Array): ByteSource & { given: number } {
  return {
    size: bytes.length,
    given: 0,
    async read(begin, end) {
      this.given += end - begin;
      return bytes.slice(begin, end);
    },
  };
}

const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i);
const example = encodeSafetensors([
  { name: "big", shape: [100, 10], data: ramp(1000) },
  { name: "small", shape: [3], data: ramp(3) },
]);

describe("laziness", () => {
  it("reads the header alone on opening, then only the tensors and rows asked for", async () => {
    const source = counting(example);
    const file = await openSafetensors(source);
    const header = example.length - 4012;
    expect(source.given).toBe(header);
    await file.read("small");
    expect(source.given).toBe(header + 12);
    const rows = await file.readRows("big", 98, 100);
    expect(source.given).toBe(header + 12 + 80);
    expect(rows).toEqual({ shape: [2, 10], data: ramp(1000).subarray(980) });
  });

  it("reads empty ranges without touching the source", async () => {
    const source = counting(example);
    const file = await openSafetensors(source);
    const before = source.given;
    expect(await file.readRows("big", 7, 7)).toEqual({ shape: [0, 10], data: ramp(0) });
    expect(source.given).toBe(before);
  });
});

describe("element types", () => {
  const bytesOf = (...values: number[]) => Uint8Array.from(values);
  const fileOf = (dtype: string, data: Uint8Array, count: number) => {
    const file = craftFile({ x: entry(dtype, [count], [0, data.length]) }, data.length);
    file.set(data, file.length - data.length);
    return openSafetensors(file);
  };
  const int64 = (...values: bigint[]) => new Uint8Array(BigInt64Array.from(values).buffer);

  it.each([
    ["F64", new Uint8Array(Float64Array.of(1 / 3, -0).buffer), Float64Array.of(1 / 3, -0)],
    ["F32", new Uint8Array(Float32Array.of(1.5, -2).buffer), Float32Array.of(1.5, -2)],
    ["F16", bytesOf(0x00, 0x3c, 0x00, 0xc0), Float32Array.of(1, -2)],
    ["BF16", bytesOf(0x80, 0x3f, 0x49, 0x40), Float32Array.of(1, 3.140625)],
    ["F8_E4M3", bytesOf(0x38, 0x7e), Float32Array.of(1, 448)],
    ["F8_E5M2", bytesOf(0x3c, 0x7b), Float32Array.of(1, 57344)],
    ["I64", int64(-5n, 16777216n), Int32Array.of(-5, 16777216)],
    ["I32", new Uint8Array(Int32Array.of(-1, 7).buffer), Int32Array.of(-1, 7)],
    ["I16", bytesOf(0xff, 0xff, 0x00, 0x80), Int32Array.of(-1, -32768)],
    ["I8", bytesOf(0xff, 0x7f), Int32Array.of(-1, 127)],
    ["U64", int64(0n, 9n), Int32Array.of(0, 9)],
    ["U32", new Uint8Array(Uint32Array.of(3, 4).buffer), Int32Array.of(3, 4)],
    ["U16", bytesOf(0xff, 0xff, 1, 0), Int32Array.of(65535, 1)],
    ["U8", bytesOf(0, 255), Uint8Array.of(0, 255)],
    ["BOOL", bytesOf(0, 1), Uint8Array.of(0, 1)],
  ])("reads %s", async (dtype, bytes, wanted) => {
    const file = await fileOf(dtype, bytes, 2);
    expect(await file.read("x")).toEqual({ shape: [2], data: wanted });
    expect(await file.readRows("x", 1, 2)).toEqual({ shape: [1], data: wanted.subarray(1) });
    expect(await file.readRaw("x")).toEqual({ dtype, shape: [2], bytes });
    expect((await file.readFloat32("x")).data).toEqual(Float32Array.from(wanted));
  });

  it("reads 64-bit integers up to the ends of int32", async () => {
    const file = await fileOf("I64", int64(2147483647n, -2147483648n), 2);
    expect((await file.read("x")).data).toEqual(Int32Array.of(2147483647, -2147483648));
  });

  it("refuses 64-bit and unsigned integers that int32 cannot hold, and gives them raw", async () => {
    for (const [dtype, bytes] of [
      ["I64", int64(1n << 31n)],
      ["I64", int64(-(1n << 40n))],
      ["U64", int64(-1n)],
      ["U32", new Uint8Array(Uint32Array.of(2 ** 31).buffer)],
    ] as const) {
      const file = await fileOf(dtype, bytes, 1);
      await expect(file.read("x")).rejects.toMatchObject({ code: "ERR_RANGE" });
      expect((await file.readRaw("x")).bytes).toEqual(bytes);
    }
    const { bytes } = await (await fileOf("I64", int64(1n << 40n), 1)).readRaw("x");
    expect(new BigInt64Array(bytes.buffer)).toEqual(BigInt64Array.of(1n << 40n));
  });

  it("refuses to pass off inexact integers or overflowing float64 as float32", async () => {
    const int32 = await fileOf("I32", new Uint8Array(Int32Array.of(2 ** 24 + 1).buffer), 1);
    await expect(int32.readFloat32("x")).rejects.toMatchObject({ code: "ERR_RANGE" });
    const wide = await fileOf("F64", new Uint8Array(Float64Array.of(1e300).buffer), 1);
    await expect(wide.readFloat32("x")).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { index: 0 },
    });
    const infinite = await fileOf("F64", new Uint8Array(Float64Array.of(-Infinity).buffer), 1);
    expect((await infinite.readFloat32("x")).data).toEqual(Float32Array.of(-Infinity));
  });

  it("widens tensors larger than one reading step", async () => {
    const count = (1 << 23) + 5;
    const codes = new Uint16Array(count).fill(0x3f80);
    codes[1 << 23] = 0xbf00;
    codes[count - 1] = 0x4049;
    const file = await fileOf("BF16", new Uint8Array(codes.buffer), count);
    const { data } = await file.read("x");
    expect(data).toHaveLength(count);
    expect([0, (1 << 23) - 1, 1 << 23, count - 1].map((i) => data[i])).toEqual([
      1, 1, -0.5, 3.140625,
    ]);
  });
});

describe("round trips", () => {
  const shape = fc.array(fc.nat(4), { maxLength: 3 });
  const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
  const float = fc.float({ noNaN: false });

  it("give back any float32 tensors bit for bit", async () => {
    const tensor = fc
      .tuple(fc.string(), shape)
      .chain(([name, dims]) =>
        fc
          .float32Array({ minLength: size(dims), maxLength: size(dims) })
          .map((data) => ({ name, shape: dims, data })),
      );
    const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(tensors, fc.dictionary(fc.string(), fc.string()), async (list, metadata) => {
        fc.pre(list.every(({ name }) => name !== "__metadata__"));
        const file = await openSafetensors(encodeSafetensors(list, { metadata }));
        expect([...file.names].sort()).toEqual(list.map(({ name }) => name).sort());
        expect(file.metadata).toEqual({ format: "pt", ...metadata });
        for (const { name, shape: dims, data } of list)
          expect(await file.read(name)).toEqual({ shape: dims, data });
      }),
    );
  });

  it.each(["F16", "BF16", "F8_E4M3", "F8_E5M2"] as const)(
    "are stable in %s: what was read is written the same",
    async (dtype) => {
      await fc.assert(
        fc.asyncProperty(fc.array(float), async (values) => {
          const limit = { F16: 65504, BF16: 3e38, F8_E4M3: 448, F8_E5M2: 57344 }[dtype];
          const data = Float32Array.from(values, (v) => Math.max(-limit, Math.min(limit, v)));
          const first = encodeSafetensors([{ name: "x", shape: [data.length], dtype, data }]);
          const again = await (await openSafetensors(first)).readFloat32("x");
          expect(encodeSafetensors([{ name: "x", dtype, ...again }])).toEqual(first);
        }),
      );
    },
  );

  it("keep integers and bytes in their own types", async () => {
    const list: [string, WriteDtype | undefined, Int32Array | Uint8Array | Float64Array][] = [
      ["I32", undefined, Int32Array.of(-7, 8)],
      ["I64", "I64", Int32Array.of(-7, 8)],
      ["U8", undefined, Uint8Array.of(1, 255)],
      ["BOOL", "BOOL", Uint8Array.of(0, 1)],
      ["F64", undefined, Float64Array.of(Math.PI, 0)],
    ];
    const tensors = list.map(([name, dtype, data]) => ({ name, dtype, shape: [2], data }));
    const file = await openSafetensors(encodeSafetensors(tensors));
    for (const [name, , data] of list) {
      expect(file.info(name).dtype).toBe(name);
      expect((await file.read(name)).data).toEqual(data);
    }
  });

  it("give back all or selected tensors as a map", async () => {
    const all = await readSafetensors(example);
    expect([...all.keys()]).toEqual(["big", "small"]);
    expect(encodeSafetensors(all)).toEqual(example);
    const some = await readSafetensors(example, { select: (name) => name === "small" });
    expect([...some]).toEqual([["small", { shape: [3], data: ramp(3) }]]);
  });
});

describe("wrong arguments", () => {
  it("are refused: unknown names, rows outside, rows of a scalar, reads after close", async () => {
    const scalar = { name: "scalar", shape: [], data: ramp(1) };
    const file = await openSafetensors(
      encodeSafetensors([scalar, { name: "v", shape: [4], data: ramp(4) }]),
    );
    expect(() => file.info("w")).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
    expect(file.has("w")).toBe(false);
    await expect(file.readRows("scalar", 0, 1)).rejects.toMatchObject({ code: "ERR_SHAPE" });
    for (const [begin, end] of [
      [-1, 2],
      [3, 2],
      [0, 5],
      [0.5, 2],
    ] as const)
      await expect(file.readRows("v", begin, end)).rejects.toMatchObject({ code: "ERR_RANGE" });
    await file.close();
    await expect(file.read("v")).rejects.toMatchObject({ code: "ERR_IO" });
  });
});
