import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatasetsError, parseNpzGraph } from "../src/index";
import { parseNpy } from "../src/parsers/parse-npy";
import { parseNpz } from "../src/parsers/parse-npz";
import { zipEntries } from "../src/parsers/zip-entries";

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

/** Written by NumPy 2.4: `savez_compressed` of arrays of several types and orders. */
const compressed = bytesOf(
  "UEsDBC0AAAAIAAAAIQDoQo3O//////////8OABQAZWRnZV9pbmRleC5ucHkBABAAwAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CiaaOgq1CmQDLgYoYITSTFCaGYc4AxofAFBLAwQtAAAACAAAACEAgBXes///////////BQAUAHkubnB5AQAQAKAAAAAAAAAATAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RomOpo6CrUKFAAuBjTACKX/QwEAUEsDBC0AAAAIAAAAIQAUxFNN//////////8OABQAdHJhaW5fbWFzay5ucHkBABAAhAAAAAAAAABIAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF6TZKiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC5GBkYGAFBLAwQtAAAACAAAACEACVNfsP//////////BQAUAHgubnB5AQAQAKAAAAAAAAAAXgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GiY6CkaaOgq1CuQDLgaGBnsGBgcHBoYFQPwAiBmAuAGIDwAxhyMAUEsDBC0AAAAIAAAAIQA9qtSw//////////8HABQAYmlnLm5weQEAEACEAAAAAAAAAEgAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpdppK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQALgZGRiYAUEsDBC0AAAAIAAAAIQA1tDqT//////////8HABQAb25lLm5weQEAEACIAAAAAAAAAEcAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNmoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkamjoKtQoUAS4GMGBxAABQSwECLQMtAAAACAAAACEA6EKNzlQAAADAAAAADgAAAAAAAAAAAAAAgAEAAAAAZWRnZV9pbmRleC5ucHlQSwECLQMtAAAACAAAACEAgBXes0wAAACgAAAABQAAAAAAAAAAAAAAgAGUAAAAeS5ucHlQSwECLQMtAAAACAAAACEAFMRTTUgAAACEAAAADgAAAAAAAAAAAAAAgAEXAQAAdHJhaW5fbWFzay5ucHlQSwECLQMtAAAACAAAACEACVNfsF4AAACgAAAABQAAAAAAAAAAAAAAgAGfAQAAeC5ucHlQSwECLQMtAAAACAAAACEAParUsEgAAACEAAAABwAAAAAAAAAAAAAAgAE0AgAAYmlnLm5weVBLAQItAy0AAAAIAAAAIQA1tDqTRwAAAIgAAAAHAAAAAAAAAAAAAACAAbUCAABvbmUubnB5UEsFBgAAAAAGAAYASAEAADUDAAAAAA==",
);
/** `savez` of one array of int32. */
const stored = bytesOf(
  "UEsDBC0AAAAAAAAAIQAL+aot//////////8FABQAeS5ucHkBABAAiAAAAAAAAACIAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxpNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAQAAAAIAAABQSwECLQMtAAAAAAAAACEAC/mqLYgAAACIAAAABQAAAAAAAAAAAAAAgAEAAAAAeS5ucHlQSwUGAAAAAAEAAQAzAAAAvwAAAAAA",
);
/** `savez` of Python objects. */
const objects = bytesOf(
  "UEsDBC0AAAAAAAAAIQBz6pFw//////////8FABQAby5ucHkBABAAHQEAAAAAAAAdAQAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJ3xPJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKgASVkgAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsBhZRoA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZR9lIwBYZRLAXNhdJRiLlBLAQItAy0AAAAAAAAAIQBz6pFwHQEAAB0BAAAFAAAAAAAAAAAAAACAAQAAAABvLm5weVBLBQYAAAAAAQABADMAAABUAQAAAAA=",
);

const LIMIT = 2 ** 30;

const isRefused = (error: unknown) =>
  DatasetsError.isInstance(error) && error.code === "ERR_FORMAT";

describe("parseNpzGraph", () => {
  it("reads PyTorch Geometric's arrays as NumPy writes them", async () => {
    expect(await parseNpzGraph(compressed)).toEqual({
      nodes: 4,
      labels: Int32Array.of(0, 0, 1, -1),
      features: { rows: 4, cols: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8.5) },
      split: {
        train: Int32Array.of(0, 2),
        validation: new Int32Array(),
        test: Int32Array.of(1), // labelled and in no other part
      },
      source: Int32Array.of(0, 1, 2, 3),
      target: Int32Array.of(1, 2, 0, 2),
      weights: undefined,
    });
  });

  it("refuses files without a graph, by the array that is missing", async () => {
    await expect(parseNpzGraph(stored)).rejects.toThrow(
      "datasets/parseNpzGraph: there is no array edge_index among y",
    );
    await expect(parseNpzGraph("text" as never)).rejects.toThrow(DatasetsError);
  });
});

describe("parseNpz", () => {
  it("reads what NumPy writes: types, byte orders, rows and columns, compressed or not", async () => {
    const arrays = await parseNpz(compressed, LIMIT);
    expect([...arrays.keys()]).toEqual(["edge_index", "y", "train_mask", "x", "big", "one"]);
    expect(arrays.get("edge_index")).toEqual({
      dtype: "<i8",
      shape: [2, 4],
      data: Float64Array.of(0, 1, 2, 3, 1, 2, 0, 2),
    });
    expect([...arrays.get("y")!.data]).toEqual([0, 0, 1, -1]);
    expect(arrays.get("train_mask")).toMatchObject({ dtype: "|b1", shape: [4] });
    expect([...arrays.get("train_mask")!.data]).toEqual([1, 0, 1, 0]);
    expect(arrays.get("x")).toEqual({
      dtype: "<f4",
      shape: [4, 2],
      data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8.5),
    });
    expect([...arrays.get("big")!.data]).toEqual([1, 258]);
    expect(arrays.get("one")).toMatchObject({ shape: [], data: Float64Array.of(2.5) });
    expect([...(await parseNpz(stored, LIMIT)).get("y")!.data]).toEqual([1, 2]);
  });

  it("never reads Python objects", async () => {
    await expect(parseNpz(objects, LIMIT)).rejects.toThrow(
      "datasets/parseNpzGraph: o: elements must be booleans, whole numbers or floats, got |O",
    );
  });

  it("refuses more bytes than the limit before it unpacks any", async () => {
    await expect(parseNpz(compressed, 100)).rejects.toThrow("at most 100 are read");
    await expect(parseNpzGraph(compressed, { maxBytes: 100 })).rejects.toThrow("at most 100 are");
    await expect(parseNpzGraph(compressed, { most: 1 } as never)).rejects.toThrow(DatasetsError);
  });

  it.each([
    ["compressed", compressed],
    ["stored", stored],
  ])("refuses a %s file that is cut off anywhere", async (_, whole) => {
    for (let length = 0; length < whole.length; length++) {
      const error = await parseNpz(whole.slice(0, length), LIMIT).catch(
        (thrown: unknown) => thrown,
      );
      expect(isRefused(error), String(length)).toBe(true);
    }
  });

  it("gives a typed error or the same arrays when bits are flipped", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(compressed, stored),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        async (whole, at, bit) => {
          const damaged = whole.slice();
          damaged[at % whole.length]! ^= 1 << bit;
          const result = await parseNpz(damaged, LIMIT).catch((thrown: unknown) => thrown);
          expect(result instanceof Map || isRefused(result), String(result)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("holds no more of a bomb than its directory says", async () => {
    const zeros = await deflated(new Uint8Array(20_000_000));
    const bomb = archive("y.npy", { packed: zeros, size: 100, method: 8 });
    await expect(parseNpz(bomb, LIMIT)).rejects.toThrow("y.npy unpacks to more than its 100 bytes");
    const large = archive("y.npy", { packed: zeros, size: 0xfffffffe, method: 8 });
    await expect(parseNpz(large, LIMIT)).rejects.toThrow("at most 1073741824 are read");
    const odd = archive("y.npy", { packed: zeros, size: 100, method: 12 });
    await expect(parseNpz(odd, LIMIT)).rejects.toThrow("packed by method 12");
  });
});

describe("parseNpy", () => {
  const file = (header: string, bytes: number[]) => {
    const text = `${header}\n`;
    const head = [0x93, ...Buffer.from("NUMPY"), 1, 0, text.length & 255, text.length >> 8];
    return Uint8Array.from([...head, ...Buffer.from(text), ...bytes]);
  };

  it.each([
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "needs 16 bytes, got 3"],
    ["{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "got <c8"],
    ["{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }", "records are not read"],
    ["{'descr': '|u1', 'fortran_order': True, 'shape': (1, 1, 3), }", "more than two axes"],
    ["{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999, 9999999), }", "needs"],
    ["", "must have descr"],
  ])("refuses %s", (header, message) => {
    expect(() => parseNpy(file(header, [1, 2, 3]))).toThrow(message);
  });

  it("does not walk through the rows of a column-major matrix without columns", () => {
    const header = "{'descr': '|u1', 'fortran_order': True, 'shape': (9007199254740991, 0), }";
    expect(parseNpy(file(header, []))).toMatchObject({ shape: [Number.MAX_SAFE_INTEGER, 0] });
  });
});

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream as never).arrayBuffer());
}

/** A zip archive of one file, whose directory may lie. */
function archive(
  name: string,
  { packed, size, method }: { packed: Uint8Array; size: number; method: number },
): Uint8Array {
  const text = Buffer.from(name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(text.length, 26);
  const directory = Buffer.alloc(46);
  directory.writeUInt32LE(0x02014b50, 0);
  directory.writeUInt16LE(method, 10);
  directory.writeUInt32LE(packed.length, 20);
  directory.writeUInt32LE(size, 24);
  directory.writeUInt16LE(text.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + text.length, 12);
  end.writeUInt32LE(30 + text.length + packed.length, 16);
  return new Uint8Array(Buffer.concat([local, text, packed, directory, text, end]));
}

it("refuses an archive whose files share their bytes", () => {
  const bytes = Buffer.alloc(100);
  const one = Buffer.from(archive("a.npy", { packed: bytes, size: 100, method: 0 }));
  const start = 30 + 5 + 100;
  const entry = one.subarray(start, start + 46 + 5);
  const end = Buffer.from(one.subarray(start + 46 + 5));
  end.writeUInt16LE(3, 8);
  end.writeUInt16LE(3, 10);
  const three = Buffer.concat([one.subarray(0, start), entry, entry, entry, end]);
  expect(() => zipEntries(new Uint8Array(three))).toThrow(/take 300 bytes packed/);
  expect(zipEntries(new Uint8Array(one))).toHaveLength(1);
});
