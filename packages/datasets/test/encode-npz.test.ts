import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatasetsError, encodeNpzGraph, type NpzGraph, parseNpzGraph } from "../src/index";
import { parseNpz } from "../src/parsers/parse-npz";

/** {@link graph} by NumPy 2.4: `savez_compressed` of its arrays. */
const byNumPy = new Uint8Array(
  Buffer.from(
    "UEsDBC0AAAAIAAAAIQCdLURz//////////8FABQAeC5ucHkBABAAmAAAAAAAAABTAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkaaOgq1CmQDLgaGA/YMCOAAREDcsB8AUEsDBC0AAAAIAAAAIQBECw/3//////////8OABQAZWRnZV9pbmRleC5ucHkBABAAwAAAAAAAAABRAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CiaaOgq1CmQDLgYoYESjmdD4DDjEAVBLAwQtAAAACAAAACEA4lyi9v//////////DwAUAGVkZ2Vfd2VpZ2h0Lm5weQEAEACgAAAAAAAAAE4AAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNmoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaJjqaOgq1ChQALgYweGCPSjM4wGgAUEsDBC0AAAAIAAAAIQD/R1Hs//////////8FABQAeS5ucHkBABAAmAAAAAAAAABMAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAC4GKGCE0v+hAABQSwMELQAAAAgAAAAhAICji8z//////////w4AFAB0cmFpbl9tYXNrLm5weQEAEACDAAAAAAAAAEcAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXpNkqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQALkYGBgBQSwMELQAAAAgAAAAhAPb4UtT//////////wwAFAB2YWxfbWFzay5ucHkBABAAgwAAAAAAAABHAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF6TZKiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAC4GRgYAUEsDBC0AAAAIAAAAIQAh+U66//////////8NABQAdGVzdF9tYXNrLm5weQEAEACDAAAAAAAAAEcAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXpNkqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQALgYGRgBQSwECLQMtAAAACAAAACEAnS1Ec1MAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAACAAAACEARAsP91EAAADAAAAADgAAAAAAAAAAAAAAgAGKAAAAZWRnZV9pbmRleC5ucHlQSwECLQMtAAAACAAAACEA4lyi9k4AAACgAAAADwAAAAAAAAAAAAAAgAEbAQAAZWRnZV93ZWlnaHQubnB5UEsBAi0DLQAAAAgAAAAhAP9HUexMAAAAmAAAAAUAAAAAAAAAAAAAAIABqgEAAHkubnB5UEsBAi0DLQAAAAgAAAAhAICji8xHAAAAgwAAAA4AAAAAAAAAAAAAAIABLQIAAHRyYWluX21hc2subnB5UEsBAi0DLQAAAAgAAAAhAPb4UtRHAAAAgwAAAAwAAAAAAAAAAAAAAIABtAIAAHZhbF9tYXNrLm5weVBLAQItAy0AAAAIAAAAIQAh+U66RwAAAIMAAAANAAAAAAAAAAAAAACAATkDAAB0ZXN0X21hc2subnB5UEsFBgAAAAAHAAcAkAEAAL8DAAAAAA==",
    "base64",
  ),
);

const graph: NpzGraph = {
  nodes: 3,
  labels: Int32Array.of(0, 1, -1),
  features: { rows: 3, cols: 2, data: Float32Array.of(1.5, 0, 0, 2, 3, -1) },
  split: { train: Int32Array.of(0), validation: Int32Array.of(1), test: Int32Array.of(2) },
  source: Int32Array.of(0, 1, 1, 2),
  target: Int32Array.of(1, 0, 2, 1),
  weights: Float64Array.of(0.5, 0.5, 2, 2),
};

const refused = (changes: object, options: object = {}) => {
  let error: unknown;
  try {
    encodeNpzGraph({ ...graph, ...changes }, options);
  } catch (thrown) {
    error = thrown;
  }
  expect(DatasetsError.isInstance(error), String(error)).toBe(true);
  return error as DatasetsError;
};

describe("encodeNpzGraph", () => {
  it("writes the arrays that NumPy writes, with their names, types and shapes", async () => {
    expect(await parseNpzGraph(byNumPy)).toEqual(graph);
    const [own, theirs] = [
      await parseNpz(encodeNpzGraph(graph), 1e6),
      await parseNpz(byNumPy, 1e6),
    ];
    expect([...own]).toEqual([...theirs]);
    expect([...own.keys()]).toEqual([
      ...["x", "edge_index", "edge_weight", "y", "train_mask", "val_mask", "test_mask"],
    ]);
  });

  it("gives the same bytes for the same graph, and other bytes for another", () => {
    const bytes = encodeNpzGraph(graph);
    expect(encodeNpzGraph({ ...graph })).toEqual(bytes);
    expect(encodeNpzGraph({ ...graph, labels: Int32Array.of(0, 1, 0) })).not.toEqual(bytes);
  });

  it("is read back as it was", async () => {
    const sizes = fc.record({
      nodes: fc.integer({ min: 0, max: 12 }),
      cols: fc.integer({ min: 0, max: 3 }),
      numbers: fc.infiniteStream(fc.nat(1_000_000)),
      has: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ nodes, cols, numbers, has }) => {
        const next = () => numbers.next().value as number;
        const list = (length: number, of: () => number) => Array.from({ length }, of);
        const edges = nodes === 0 ? 0 : next() % 20;
        const parts = list(nodes, () => next() % 4);
        const where = (part: number) =>
          Int32Array.from(parts.flatMap((own, node) => (own === part ? [node] : [])));
        const drawn: NpzGraph = {
          nodes,
          labels: Int32Array.from(list(nodes, () => (next() % 5) - 1)),
          features: has[0]
            ? { rows: nodes, cols, data: Float32Array.from(list(nodes * cols, () => next() / 7)) }
            : undefined,
          split: has[1] ? { train: where(0), validation: where(1), test: where(2) } : undefined,
          source: Int32Array.from(list(edges, () => next() % nodes)),
          target: Int32Array.from(list(edges, () => next() % nodes)),
          weights: has[2] ? Float64Array.from(list(edges, () => next() / 7)) : undefined,
        };
        expect(await parseNpzGraph(encodeNpzGraph(drawn))).toEqual(drawn);
      }),
      { numRuns: 60 },
    );
  });

  it("writes further arrays of a number per node", async () => {
    const bytes = encodeNpzGraph(graph, { nodeValues: { renodeWeight: [1, 0.5, 0] } });
    const own = (await parseNpz(bytes, 1e6)).get("renodeWeight");
    expect(own).toEqual({ dtype: "<f4", shape: [3], data: Float32Array.of(1, 0.5, 0) });
    expect(await parseNpzGraph(bytes)).toEqual(graph);
  });

  it.each([
    [
      { source: Int32Array.of(0, 1, 3, 2) },
      "source must hold whole numbers from 0 to 2, got 3 at 2",
    ],
    [
      { target: Int32Array.of(1, 0, 2, -1) },
      "target must hold whole numbers from 0 to 2, got -1 at 3",
    ],
    [{ target: Int32Array.of(1) }, "target must have 4 numbers, got 1"],
    [{ labels: Int32Array.of(0, -2, 0) }, "labels must hold whole numbers from -1"],
    [{ labels: [0, 1.5, 0] }, "got 1.5 at 1"],
    [{ labels: Int32Array.of(0) }, "labels must have 3 numbers, got 1"],
    [{ weights: Float64Array.of(1) }, "weights must have 4 numbers, got 1"],
    [{ features: { rows: 2, cols: 1, data: new Float32Array(2) } }, "features.rows must be"],
    [{ features: { rows: 3, cols: 1, data: new Float32Array(2) } }, "features.data must have 3"],
    [
      { split: { ...graph.split!, validation: [3] } },
      "split.validation must hold whole numbers from 0",
    ],
    [{ nodes: 2 ** 31 }, "nodes must be a whole number"],
    [{ nodes: Number.NaN }, "nodes must be a whole number"],
  ])("refuses %j", (changes, message) => {
    expect(refused(changes)).toMatchObject({
      code: "ERR_RANGE",
      message: expect.stringContaining(message),
    });
  });

  it.each(["y", "../x", "", "a b"])("refuses a further array named %j", (name) => {
    const { code, message } = refused({}, { nodeValues: { [name]: [1, 2, 3] } });
    expect(code).toBe("ERR_ARGUMENT");
    expect(message).toContain(`${JSON.stringify(name)} cannot name an array`);
  });
});
