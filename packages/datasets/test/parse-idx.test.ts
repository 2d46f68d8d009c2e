import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idxImages, labelledImages, parseIdx } from "../src/index";

/** An IDX file of unsigned bytes. */
function idxBytes(shape: readonly number[], data: readonly number[]): Uint8Array {
  const lengths = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.of(0, 0, 8, shape.length, ...lengths, ...data);
}

describe("parseIdx", () => {
  it("reads back what was written", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), (shape) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const data = Array.from({ length: count }, (_, i) => (i * 37) % 256);
        expect(parseIdx(idxBytes(shape, data))).toEqual({
          type: "uint8",
          shape,
          data: Uint8Array.from(data),
        });
      }),
    );
  });

  it.each([
    [9, [0xff], Int8Array.of(-1)],
    [11, [0xff, 0xfe], Int16Array.of(-2)],
    [12, [0, 1, 0, 0], Int32Array.of(65536)],
    [13, [0x3f, 0xc0, 0, 0], Float32Array.of(1.5)],
    [14, [0xbf, 0xe0, 0, 0, 0, 0, 0, 0], Float64Array.of(-0.5)],
  ])("reads big-endian elements of type %d", (code, bytes, data) => {
    const file = Uint8Array.of(0, 0, code, 1, 0, 0, 0, 1, ...bytes);
    expect(parseIdx(file).data).toEqual(data);
  });

  it("reads a view into a larger buffer", () => {
    const file = idxBytes([2], [5, 6]);
    const larger = Uint8Array.of(9, 9, 9, ...file, 9);
    expect(parseIdx(larger.subarray(3, 3 + file.length)).data).toEqual(Uint8Array.of(5, 6));
  });

  it.each([
    ["no bytes", Uint8Array.of()],
    ["another magic number", Uint8Array.of(1, 0, 8, 0, 0)],
    ["an unknown type", Uint8Array.of(0, 0, 10, 0, 0)],
    ["a header cut short", Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1)],
    ["data cut short", idxBytes([3], [1, 2])],
    ["data too long", idxBytes([1], [1, 2])],
    ["gzip data", Uint8Array.of(0x1f, 0x8b, 8, 0)],
  ])("refuses %s", (_, bytes) => {
    expect(() => parseIdx(bytes)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});

describe("labelledImages", () => {
  it("joins pictures and labels", () => {
    const images = idxBytes([2, 1, 2], [1, 2, 3, 4]);
    expect(labelledImages(images, idxBytes([2], [7, 0]))).toEqual([
      { label: 7, rows: 1, cols: 2, pixels: Uint8Array.of(1, 2) },
      { label: 0, rows: 1, cols: 2, pixels: Uint8Array.of(3, 4) },
    ]);
  });

  it("refuses files that do not belong together", () => {
    const images = idxBytes([2, 1, 2], [1, 2, 3, 4]);
    for (const [a, b] of [
      [images, idxBytes([1], [7])],
      [images, images],
      [idxBytes([1], [7]), idxBytes([1], [7])],
    ] as const)
      expect(() => labelledImages(a, b)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});

describe.skipIf(sharedIsMissing)("idxImages on Fashion-MNIST", () => {
  it("unpacks 500 test pictures, 50 a class", async () => {
    const folder = "data/images/fashion-mnist-small";
    const pictures = await idxImages({
      images: shared(`${folder}/test-images-idx3-ubyte.gz`),
      labels: shared(`${folder}/test-labels-idx1-ubyte.gz`),
    });
    expect(pictures).toHaveLength(500);
    for (let label = 0; label < 10; label++)
      expect(pictures.filter((picture) => picture.label === label)).toHaveLength(50);
    expect(pictures[0]).toMatchObject({ rows: 28, cols: 28 });
  });

  it("says which file is missing", async () => {
    const images = shared("data/images/none.gz");
    await expect(idxImages({ images, labels: images })).rejects.toMatchObject({
      code: "ERR_MISSING_FILE",
      fields: { path: images },
    });
  });
});
