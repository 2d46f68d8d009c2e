import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  concentrationCurve,
  createRouteRecording,
  expertOverlap,
  groupExperts,
  groupedRouter,
  groupScores,
  meanConcentration,
  overlapMatrix,
  sampleAgreement,
  scoreExperts,
} from "../src";
import { addCoOccurrence } from "../src/analysis/group-experts";
import { expandGroups, groupsKept } from "../src/analysis/grouped-routing";
import { collect } from "./support/collect";
import { TinyModel } from "./support/tiny-model";

const layers = (...values: number[][]) =>
  new Map(values.map((scores, i) => [i + 1, Float64Array.from(scores)]));

describe("concentrationCurve", () => {
  it("sums the shares of the best experts", () => {
    expect(concentrationCurve(Float64Array.of(1, 5, 0, 4))).toBeAllclose([0.5, 0.9, 1, 1]);
    expect(meanConcentration(layers([1, 3], [2, 2]))).toBeAllclose([0.625, 1]);
  });

  it("refuses scores of nothing and layers of different size", () => {
    expect(() => concentrationCurve(Float64Array.of(0, 0))).toThrow(/more than 0, got 0/);
    expect(() => meanConcentration(layers([1, 3], [2]))).toThrow(/same number of experts/);
    expect(() => meanConcentration(new Map())).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
  });
});

describe("expertOverlap", () => {
  it("counts shared experts among the best, as the mean of the layers", () => {
    const a = layers([0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]);
    const b = layers([0.4, 0.1, 0.3, 0.2], [0.4, 0.3, 0.2, 0.1]);
    expect(expertOverlap(a, b, 2)).toBe(0.5);
    expect(expertOverlap(a, b, 4)).toBe(4);
    expect(
      overlapMatrix(
        new Map([
          ["a", a],
          ["b", b],
        ]),
        2,
      ),
    ).toEqual({
      tasks: ["a", "b"],
      overlap: [
        [2, 0.5],
        [0.5, 2],
      ],
    });
    const same = new Map([["a", b]]);
    expect(overlapMatrix(new Map([["a", a]]), 2, { same }).overlap).toEqual([[0.5]]);
  });

  it("refuses what cannot be compared", () => {
    expect(() => expertOverlap(layers([1, 2]), layers([1, 2], [3, 4]), 1)).toThrow(/same layers/);
    expect(() => expertOverlap(layers([1, 2]), layers([1]), 1)).toThrow(
      /layer 1 must have 2 experts/,
    );
    expect(() => expertOverlap(layers([1, 2]), layers([1, 2]), 3)).toThrow(
      /k must be a whole number from 1 to 2/,
    );
  });
});

describe("sampleAgreement", () => {
  it("rises to k with the size of two samples from one distribution", async () => {
    const model = new TinyModel({ experts: 8, vocabulary: 30 });
    let seed = 7;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    const record = async () => {
      const recording = createRouteRecording();
      const samples = Array.from({ length: 10 }, () => [
        Array.from({ length: 100 }, () => Math.floor(30 * random() ** 3)),
      ]);
      const run = (ids: number[][]) => model.hidden(ids);
      await collect(scoreExperts(model, samples, { run, record: recording.record }));
      return recording.routes;
    };
    const [a, b] = [await record(), await record()];
    const curve = sampleAgreement(a, b, { experts: 8, k: 3, sizes: [8, 1000] });
    expect(curve.map(({ tokens }) => tokens)).toEqual([8, 1000]);
    expect(curve[1]!.overlap).toBeGreaterThanOrEqual(2.5);
    expect(curve[1]!.overlap).toBeGreaterThanOrEqual(curve[0]!.overlap);
    expect(
      sampleAgreement(a, a, { experts: 8, k: 3, sizes: [70], score: "token" })[0]!.overlap,
    ).toBe(3);
    expect(() => sampleAgreement(a, b, { experts: 8, k: 3, sizes: [1001] })).toThrow(
      /at least 1001 tokens recorded, got 1000/,
    );
    model.dispose();
  });
});

describe("sampleAgreement with hidden tokens", () => {
  const recorded = (...ids: number[][]) =>
    new Map([[1, ids.map((own) => ({ ids: own, weights: own.map(() => 1), topK: 1 }))]]);

  it("counts those that are not hidden, to the end of the recording", () => {
    const a = recorded([0, -1, 0], [-1, 1, -1, 1, 1, -1]);
    const options = { experts: 3, k: 1, score: "token" } as const;
    const found = sampleAgreement(a, recorded([0, 0, 1, 1, 1]), { ...options, sizes: [2, 5] });
    expect(found).toEqual([
      { tokens: 2, overlap: 1 },
      { tokens: 5, overlap: 1 },
    ]);
    expect(sampleAgreement(a, recorded([1, 0, 0, 0, 0]), { ...options, sizes: [5] })).toEqual([
      { tokens: 5, overlap: 0 },
    ]);
    expect(() => sampleAgreement(a, a, { ...options, sizes: [6] })).toThrow(
      /at least 6 tokens recorded, got 5/,
    );
  });
});

describe("groupExperts", () => {
  const route = (ids: number[], topK = 2) => ({ ids, topK, weights: ids.map(() => 0.5) });

  it("counts in how many tokens two experts stand together", () => {
    const counts = new Float64Array(9);
    addCoOccurrence(counts, 3, route([0, 1, 1, 2, 1, 0, -1, -1]));
    expect([...counts]).toEqual([2, 2, 0, 2, 3, 1, 0, 1, 1]);
    expect(() => addCoOccurrence(counts, 2, route([0, 1]))).toThrow(/2² numbers, got 9/);
  });

  it("puts experts together that are chosen together", () => {
    const counts = new Float64Array(36);
    for (let i = 0; i < 10; i++) addCoOccurrence(counts, 6, route([0, 3, 1, 5, 2, 4]));
    addCoOccurrence(counts, 6, route([0, 1, 3, 4]));
    const groups = groupExperts(counts, 6, 2).map((group) => group.join());
    expect([...groups].sort()).toEqual(["0,3", "1,5", "2,4"]);
    expect(groupExperts(counts, 6, 1)).toHaveLength(6);
    expect(groupExperts(counts, 6, 6)).toEqual([[0, 1, 2, 3, 4, 5]]);
  });

  it("puts every expert into one group, the first the best of all pairs", () => {
    const cell = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 64, maxLength: 64 }), (cells) => {
        const counts = Float64Array.from(cells);
        const groups = groupExperts(counts, 8, 2);
        expect(groups.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        const cosine = (i: number, j: number) => {
          const [a, b] = [i, j].map((row) => cells.slice(row * 8, row * 8 + 8));
          const dot = (x: number[], y: number[]) => x.reduce((sum, v, k) => sum + v * y[k]!, 0);
          return dot(a!, b!) / (Math.sqrt(dot(a!, a!) * dot(b!, b!)) || 1);
        };
        const first = cosine(groups[0]![0]!, groups[0]![1]!);
        for (let i = 0; i < 8; i++)
          for (let j = 0; j < i; j++) expect(cosine(i, j)).toBeLessThanOrEqual(first + 1e-9);
      }),
      { numRuns: 30 },
    );
  });

  it("groups 64 experts by four, all 635,376 subsets tried", () => {
    const counts = new Float64Array(64 * 64);
    for (let g = 0; g < 16; g++) addCoOccurrence(counts, 64, route([g, g + 16, g + 32, g + 48], 4));
    const groups = groupExperts(counts, 64, 4);
    expect(groups).toEqual(Array.from({ length: 16 }, (_, g) => [g, g + 16, g + 32, g + 48]));
  });

  it("refuses sizes that do not divide", () => {
    expect(() => groupExperts(new Float64Array(36), 6, 4)).toThrow(/must divide 6 experts, got 4/);
    expect(() => groupExperts(new Float64Array(35), 6, 2)).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
  });
});

describe("grouped routing", () => {
  const groups = [
    [0, 2],
    [1, 3],
  ];

  it("keeps about as many experts active", () => {
    expect([1, 2, 4].map((size) => groupsKept(6, size))).toEqual([6, 3, 2]);
    expect(groupsKept(2, 8)).toBe(1);
  });

  it("routes by the mean of the members' rows", () => {
    const router = { shape: [4, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    expect(groupedRouter(router, groups)).toEqual({
      shape: [2, 2],
      data: Float32Array.of(3, 4, 5, 6),
    });
    expect(() => groupedRouter(router, [[4]])).toThrow(/experts 0 to 3, got 4/);
  });

  it("activates all members with the group's gate value", () => {
    const route = { topK: 1, ids: [1, 0, -1], weights: [0.75, 0.25, 0] };
    expect(expandGroups(route, groups)).toEqual({
      topK: 2,
      ids: Int32Array.of(1, 3, 0, 2, -1, -1),
      weights: Float32Array.of(0.75, 0.75, 0.25, 0.25, 0, 0),
    });
    expect(() => expandGroups({ ...route, ids: [2, 0, 0] }, groups)).toThrow(
      /groups are 0 to 1, got 2/,
    );
    expect(() => expandGroups(route, [[0], [1, 2]])).toThrow(/one size/);
  });

  it("scores a group as the sum of its members", () => {
    const scores = groupScores(layers([0.1, 0.2, 0.3, 0.4]), new Map([[1, groups]]));
    expect(scores.get(1)!).toBeAllclose([0.4, 0.6]);
    expect(() => groupScores(layers(), new Map([[1, groups]]))).toThrow(/no scores of layer 1/);
  });
});
