import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TensorError } from "../../src/errors";
import { encodeSafetensors, openSafetensors } from "../../src/files";
import { craftFile, entry } from "./craft-file";

const two = { a: entry("F32", [2], [0, 8]), b: entry("U8", [3], [8, 11]) };

describe("a well-formed header", () => {
  it("gives types, shapes, byte ranges and metadata", async () => {
    const bytes = craftFile({ __metadata__: { format: "pt", note: "é" }, ...two }, 11);
    const file = await openSafetensors(bytes);
    const dataBegin = bytes.length - 11;
    expect(file.names).toEqual(["a", "b"]);
    expect(file.metadata).toEqual({ format: "pt", note: "é" });
    expect(file.info("a")).toEqual({
      dtype: "F32",
      shape: [2],
      begin: dataBegin,
      end: dataBegin + 8,
    });
    expect(file.info("b")).toMatchObject({ dtype: "U8", shape: [3], end: bytes.length });
  });

  it("lists tensors in the order of their data, whatever the order of the header", async () => {
    const { names } = await openSafetensors(craftFile({ b: two.b, a: two.a }, 11));
    expect(names).toEqual(["a", "b"]);
  });

  it("may hold no tensors, empty tensors, scalars and trailing spaces", async () => {
    expect((await openSafetensors(craftFile("{}  "))).names).toEqual([]);
    const header = { none: entry("F32", [0, 4], [0, 0]), one: entry("F16", [], [0, 2]) };
    const file = await openSafetensors(craftFile(header, 2));
    expect(await file.read("none")).toEqual({ shape: [0, 4], data: new Float32Array(0) });
    expect(await file.read("one")).toMatchObject({ shape: [], data: { length: 1 } });
  });

  it("may use any name, also ones that objects have by nature and ones with quotes and colons", async () => {
    const names = ["__proto__", "constructor", 'a":{"b":1', "back\\", "7"];
    const data = new Float32Array(1);
    const bytes = encodeSafetensors(names.map((name) => ({ name, shape: [1], data })));
    expect((await openSafetensors(bytes)).names).toEqual(names);
  });
});

describe("a malformed file", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["is shorter than the length field", new Uint8Array(7), /at least 8 bytes, got 7/],
    [
      "has a header beyond the cap",
      craftFile("{}", 0, { headerLength: 100_000_001n }),
      /at most 100000000/,
    ],
    [
      "has a header of 2^63 bytes",
      craftFile("{}", 0, { headerLength: 1n << 63n }),
      /at most 100000000/,
    ],
    [
      "ends inside its header",
      craftFile("{}", 0, { headerLength: 3n }),
      /hold a header of 3 bytes, got 2/,
    ],
    ["has an empty header", craftFile(""), /starts with \{/],
    ["starts its header with a space", craftFile(" {}"), /starts with \{/],
    ["starts its header with an array", craftFile("[]"), /starts with \{/],
    ["has broken JSON", craftFile("{a}"), /valid JSON/],
    ["has text after the JSON", craftFile("{}x"), /valid JSON/],
    ["is not UTF-8", craftFile("{}").fill(0xff, 9), /valid JSON in UTF-8/],
    [
      "names a tensor twice",
      craftFile(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
      /twice/,
    ],
    [
      "names a field twice",
      craftFile('{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}', 1),
      /twice/,
    ],
    ["has metadata that is not an object", craftFile({ __metadata__: ["a"] }), /metadata/],
    ["has metadata that is not text", craftFile({ __metadata__: { a: 1 } }), /metadata of strings/],
    ["has an entry that is not an object", craftFile({ a: 1 }), /a a dtype/],
    ["has no dtype", craftFile({ a: { shape: [1], data_offsets: [0, 1] } }, 1), /a a dtype/],
    [
      "has a negative size",
      craftFile({ a: entry("U8", [-1], [0, 1]) }, 1),
      /shape of whole numbers/,
    ],
    ["has a fractional size", craftFile({ a: entry("U8", [0.5, 2], [0, 1]) }, 1), /shape of whole/],
    [
      "has a shape that is not a list",
      craftFile({ a: entry("U8", 1, [0, 1]) }, 1),
      /shape of whole/,
    ],
    [
      "has a size beyond 2^53",
      craftFile(`{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,1]}}`, 1),
      /shape of whole/,
    ],
    [
      "has a shape whose size overflows",
      craftFile({ a: entry("U8", [2 ** 40, 2 ** 40], [0, 1]) }, 1),
      /bytes, got 1/,
    ],
    ["has one offset", craftFile({ a: entry("U8", [1], [0]) }, 1), /two data offsets/],
    ["has a negative offset", craftFile({ a: entry("U8", [2], [-1, 1]) }, 1), /two data offsets/],
    ["has offsets backwards", craftFile({ a: entry("U8", [0], [1, 0]) }, 1), /0 bytes, got -1/],
    [
      "has a range that does not fit the shape",
      craftFile({ a: entry("F32", [2], [0, 4]) }, 4),
      /F32 \[2\]\) 8 bytes, got 4/,
    ],
    [
      "lets tensors overlap",
      craftFile({ ...two, b: entry("U8", [3], [7, 10]) }, 10),
      /b overlap a/,
    ],
    [
      "hides an empty tensor inside another",
      craftFile({ a: two.a, b: entry("U8", [0], [4, 4]) }, 8),
      /b overlap a/,
    ],
    [
      "leaves a hole before the first tensor",
      craftFile({ a: entry("U8", [1], [1, 2]) }, 2),
      /hole between the header and a/,
    ],
    [
      "leaves a hole between tensors",
      craftFile({ ...two, b: entry("U8", [3], [9, 12]) }, 12),
      /hole between a and b/,
    ],
    ["is cut off inside the last tensor", craftFile(two, 10), /hold b up to byte \d+, but ends/],
    ["goes on after the last tensor", craftFile(two, 12), /end with the last tensor/],
  ];
  it.each(cases)("%s: refused with ERR_FORMAT", async (_, bytes, message) => {
    const failure = await openSafetensors(bytes).catch((error) => error);
    expect(TensorError.isInstance(failure)).toBe(true);
    expect(failure).toMatchObject({ code: "ERR_FORMAT", message: expect.stringMatching(message) });
    expect(failure.message).toMatch(/^tensor-gpu\/safetensors: bytes in memory must/);
  });

  it("uses an unknown element type: refused with ERR_DTYPE", async () => {
    for (const dtype of ["F4", "toString"])
      await expect(
        openSafetensors(craftFile({ a: entry(dtype, [1], [0, 1]) }, 1)),
      ).rejects.toMatchObject({
        code: "ERR_DTYPE",
        fields: { name: "a", dtype },
      });
  });

  it("never does anything but open or fail with a typed error when bytes are changed at random", async () => {
    const good = craftFile({ __metadata__: { format: "pt" }, ...two }, 11);
    const change = fc.tuple(fc.nat(good.length - 12), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const result = await openSafetensors(bytes).catch((error) => error);
        expect(TensorError.isInstance(result) || Array.isArray(result.names)).toBe(true);
      }),
    );
  });
});
