import { f32Bytes, type GgufToWrite, writeGguf } from "@deepgrain/vitest/write-gguf";
import { describe, expect, it } from "vitest";
import { fillTensor, openGguf, TensorError, toBfloat16, toFloat16, zeros } from "../../src";

/** One block: scale 0.5, bytes 0 … 31. */
const q8Block = () => {
  const block = new Uint8Array(34);
  block.set(new Uint8Array(toFloat16(Float32Array.of(0.5)).buffer));
  for (let i = 0; i < 32; i++) block[2 + i] = i - 16;
  return block;
};
const halves = Array.from({ length: 32 }, (_, i) => (i - 16) / 2);

const tensors = (): GgufToWrite[] => [
  { name: "a", shape: [2, 3], type: 0, bytes: f32Bytes([1, 2, 3, 4, 5, 6]) },
  { name: "b", shape: [1, 32], type: 8, bytes: q8Block() },
  {
    name: "c",
    shape: [2],
    type: 1,
    bytes: new Uint8Array(toFloat16(Float32Array.of(1.5, -2)).buffer),
  },
  {
    name: "d",
    shape: [2],
    type: 30,
    bytes: new Uint8Array(toBfloat16(Float32Array.of(3, -4)).buffer),
  },
];

const failure = async (bytes: Uint8Array) => {
  const error = await openGguf(bytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(TensorError.isInstance(error)).toBe(true);
  return error as TensorError;
};

describe("openGguf", () => {
  it("reads values and tensors of all four types", async () => {
    const file = await openGguf(
      writeGguf(
        { "general.name": "tiny", "x.count": 7, "x.eps": 0.5, "x.list": ["p", "q"] },
        tensors(),
      ),
    );
    expect(file.values.get("x.count")).toBe(7);
    expect(file.values.get("x.eps")).toBe(0.5);
    expect(file.values.get("x.list")).toEqual(["p", "q"]);
    expect(file.metadata).toEqual({ "general.name": "tiny" });
    expect(await file.readFloat32("a")).toEqual({
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(Array.from((await file.readFloat32("b")).data)).toEqual(halves);
    expect(Array.from((await file.readFloat32("c")).data)).toEqual([1.5, -2]);
    expect(Array.from((await file.readFloat32("d")).data)).toEqual([3, -4]);
  });

  it("gives tensors under other names, in another order of rows, shape and stack", async () => {
    const file = await openGguf(writeGguf({}, tensors()));
    const changed = file.withTensors(
      new Map([
        ["turned", { name: "a", rowOf: (row: number) => 1 - row }],
        ["second", { name: "a", index: 1, plus: -1 }],
        ["row", { name: "c", shape: [1, 2] }],
      ]),
    );
    expect((await changed.readFloat32("turned")).data).toEqual(Float32Array.of(4, 5, 6, 1, 2, 3));
    expect(await changed.readFloat32("second")).toEqual({
      shape: [3],
      data: Float32Array.of(3, 4, 5),
    });
    expect(changed.info("row").shape).toEqual([1, 2]);
    const beyond = new Map([["third", { name: "a", index: 2 }]]);
    expect(() => file.withTensors(beyond)).toThrow(/index into a must be below 2, got 2/);
  });

  it("fills int8 tensors with blocks as they are, and names damaged ones", async () => {
    const whole = writeGguf({}, tensors());
    const target = zeros([1, 32]).to({ dtype: "int8" });
    await fillTensor(target, await openGguf(whole), "b");
    expect(Array.from(target.dataSync())).toEqual(halves);
    const damaged = tensors();
    damaged[1]!.bytes[1] = 0x7c; // an infinite scale
    const file = await openGguf(writeGguf({}, damaged));
    await expect(fillTensor(target, file, "b")).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining("b is damaged"),
    });
  });

  it.each<[number, string]>([
    [16, "IQ2_XXS"],
    [17, "IQ2_XS"],
    [18, "IQ3_XXS"],
    [19, "IQ1_S"],
    [21, "IQ3_S"],
    [22, "IQ2_S"],
    [29, "IQ1_M"],
    [9, "Q8_1"],
    [39, "MXFP4"],
    [99, "type 99"],
  ])("names a tensor of type %s, %s, and what to convert it to", async (type, typeName) => {
    const other = [{ ...tensors()[0]!, name: "blk.0.ffn_up.weight", type }];
    expect(await failure(writeGguf({}, other))).toMatchObject({
      code: "ERR_DTYPE",
      message: `tensor-gpu/openGguf: blk.0.ffn_up.weight is stored as ${typeName}; convert the file to one of F32, F16, BF16, Q8_0, Q6_K, Q5_K, Q5_1, Q5_0, Q4_K, Q4_1, Q4_0, IQ4_XS, IQ4_NL, Q3_K, Q2_K, such as Q4_K_M or Q4_0 by llama.cpp's llama-quantize`,
      fields: { name: "blk.0.ffn_up.weight", dtype: typeName },
    });
  });

  it("names a tensor that reaches past the end, overlaps, or has no whole blocks", async () => {
    const whole = writeGguf({}, tensors());
    expect(await failure(whole.slice(0, -40))).toMatchObject({
      code: "ERR_FORMAT",
      fields: { name: "d" },
    });
    const uneven = [{ ...tensors()[1]!, shape: [34] }];
    expect(await failure(writeGguf({}, uneven))).toMatchObject({
      code: "ERR_FORMAT",
      fields: { name: "b" },
    });
    const twice = [tensors()[0]!, tensors()[0]!];
    expect(await failure(writeGguf({}, twice))).toMatchObject({
      code: "ERR_FORMAT",
      fields: { name: "a" },
    });
  });

  it("refuses files that end inside their head, at any byte, and files of other kinds", async () => {
    const whole = writeGguf({ "x.list": ["p", "q"], "x.n": 3 }, tensors());
    for (let length = 0; length < 200; length += 7)
      expect((await failure(whole.slice(0, length))).code).toMatch(/ERR_FORMAT/);
    expect((await failure(new TextEncoder().encode("{".repeat(100)))).message).toContain("GGUF");
    const version = whole.slice();
    version[4] = 9;
    expect((await failure(version)).message).toContain("version");
  });

  it("refuses counts that no file can have", async () => {
    const huge = writeGguf({}, []);
    new DataView(huge.buffer).setBigUint64(8, 2n ** 60n, true);
    expect((await failure(huge)).code).toBe("ERR_FORMAT");
    new DataView(huge.buffer).setBigUint64(8, 300_000n, true);
    expect((await failure(huge)).code).toBe("ERR_FORMAT");
  });

  it("counts the bytes and values of a head, once however often it is read from its beginning", async () => {
    const list = Array.from({ length: 100_000 }, (_, i) => `token ${i}`); // more than the first 1 MiB
    const bytes = writeGguf({ "x.list": list }, tensors());
    const limits = { entries: list.length + 1 + tensors().length };
    const file = await openGguf(bytes, { budget: limits });
    expect(file.values.get("x.list")).toHaveLength(list.length);
    for (const budget of [{ entries: limits.entries - 1 }, { bytes: 1_000_000 }]) {
      const [[kind, limit]] = Object.entries(budget) as [[string, number]];
      await expect(openGguf(bytes, { budget })).rejects.toMatchObject({
        code: "ERR_LIMIT",
        message: `tensor-gpu/openGguf: the input has more than ${limit} ${kind}, the limit of budget.${kind}`,
        fields: { door: "openGguf", kind, limit },
      });
    }
    await expect(openGguf(bytes, { budget: { bytes: 0 } })).rejects.toMatchObject({
      code: "ERR_RANGE",
    });
  });

  it("refuses a list of more values than a head may have before it makes one", async () => {
    const bytes = writeGguf({ "x.list": [1] }, []);
    const many = new Uint8Array(bytes.length + 2 ** 23);
    many.set(bytes);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("x.list") + "x.list".length + 4;
    const view = new DataView(many.buffer);
    view.setUint32(at, 7, true); // flags, a byte each
    view.setBigUint64(at + 4, 2n ** 23n, true);
    await expect(openGguf(many)).rejects.toMatchObject({
      code: "ERR_LIMIT",
      fields: { kind: "entries", limit: 2 ** 23 },
    });
  });
});
