import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelPropagation, personalizedPagerank, totoro } from "../../src";
import { influence, totoroOf } from "../support/dense";
import { randomGraphs } from "../support/random-graph";

const CLOSE = { rtol: 0, atol: 1e-10 };
const settings = fc.record({
  restart: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  normalization: fc.constantFrom("symmetric" as const, "row" as const),
  selfLoops: fc.boolean(),
});

describe("against dense matrices on random multigraphs", () => {
  it("gives the rows of the inverse", () => {
    fc.assert(
      fc.property(randomGraphs, settings, ({ graph, matrix }, options) => {
        const expected = influence(matrix, options);
        const rows = personalizedPagerank.rows(graph, graph.nodes(), options);
        for (const [r, row] of expected.entries()) {
          const dense = new Float64Array(graph.order);
          for (let e = rows.offsets[r]!; e < rows.offsets[r + 1]!; e++)
            dense[rows.indices[e]!] = rows.values[e]!;
          expect(dense).toBeAllclose(row, CLOSE);
        }
      }),
    );
  });

  it("gives the conflict scores that the definition sums over all nodes", () => {
    fc.assert(
      fc.property(randomGraphs, settings, ({ graph, matrix, labels }, options) => {
        const all = influence(matrix, options);
        const labelled = labels.flatMap((label, i) => (label < 0 ? [] : [i]));
        const expected = totoroOf(
          labelled.map((i) => all[i]!),
          labelled.map((i) => labels[i]!),
        );
        const detailed = totoro.detailed(graph, options);
        expect(detailed.keys).toEqual(labelled.map(String));
        expect(detailed.totoro).toBeAllclose(expected, CLOSE);
      }),
    );
  });

  it.each(["l1", "softmax"] as const)(
    "normalises rows by %s before it compares them",
    (rowNormalize) => {
      fc.assert(
        fc.property(randomGraphs, settings, ({ graph, matrix, labels }, options) => {
          const all = influence(matrix, options).map((row) => {
            const raised = row.map((value) => {
              if (Math.abs(value) < 1e-14) return 0; // no path: what is left is rounding
              return rowNormalize === "l1" ? value : Math.exp(value);
            });
            const total = raised.reduce((a, b) => a + b, 0);
            return raised.map((value) => value / total);
          });
          const labelled = labels.flatMap((label, i) => (label < 0 ? [] : [i]));
          const expected = totoroOf(
            labelled.map((i) => all[i]!),
            labelled.map((i) => labels[i]!),
          );
          const { totoro: scores } = totoro.detailed(graph, { ...options, rowNormalize });
          expect(scores).toBeAllclose(expected, CLOSE);
        }),
      );
    },
  );

  it("gives each node the label whose nodes send it the most", () => {
    fc.assert(
      fc.property(randomGraphs, ({ graph, matrix, labels }) => {
        const all = influence(matrix);
        const found = labelPropagation(graph);
        for (const key of graph.nodes()) {
          const sums = [0, 1, 2].map((label) =>
            labels.reduce((sum, own, i) => (own === label ? sum + all[i]![Number(key)]! : sum), 0),
          );
          const most = Math.max(...sums);
          if (found[key] === null) expect(most).toBeLessThan(1e-12);
          else expect(sums[found[key] as number]).toBeCloseTo(most, 10);
        }
      }),
    );
  });
});

describe("push against the exact rows", () => {
  it("is within epsilon times the degree, in the scale of the normalisation, and never above", () => {
    const EPSILON = 1e-3;
    fc.assert(
      fc.property(randomGraphs, settings, ({ graph, matrix }, options) => {
        const exact = influence(matrix, options);
        const degrees = matrix.map((row) => {
          const degree = row.reduce((a, b) => a + b, 0);
          return options.selfLoops || degree === 0 ? degree + 1 : degree;
        });
        const pushed = { ...options, method: "push" as const, epsilon: EPSILON };
        const rows = personalizedPagerank.rows(graph, graph.nodes(), pushed);
        for (const [s, row] of exact.entries()) {
          const found = new Float64Array(row.length);
          for (let e = rows.offsets[s]!; e < rows.offsets[s + 1]!; e++)
            found[rows.indices[e]!] = rows.values[e]!;
          for (const [x, value] of row.entries()) {
            const scale =
              options.normalization === "row" ? 1 : Math.sqrt(degrees[s]! / degrees[x]!);
            expect(found[x]).toBeLessThanOrEqual(value + 1e-12);
            expect(value - found[x]!).toBeLessThanOrEqual(EPSILON * degrees[x]! * scale + 1e-12);
          }
        }
      }),
    );
  });

  it("keeps a row's largest entries", () => {
    fc.assert(
      fc.property(randomGraphs, fc.integer({ min: 1, max: 4 }), ({ graph }, topK) => {
        const method = "push" as const;
        const all = personalizedPagerank.rows(graph, ["0"], { method });
        const some = personalizedPagerank.rows(graph, ["0"], { method, topK });
        const largest = [...all.values].sort((a, b) => b - a).slice(0, topK);
        expect([...some.values].sort((a, b) => b - a)).toEqual(largest);
        expect([...some.indices]).toEqual([...some.indices].sort((a, b) => a - b));
      }),
    );
  });

  it("scores conflict as the exact method does when epsilon is small", () => {
    fc.assert(
      fc.property(randomGraphs, ({ graph }) => {
        const exact = totoro.detailed(graph).totoro;
        const near = totoro.detailed(graph, { method: "push", selfLoops: true, epsilon: 1e-9 });
        expect(near.totoro).toBeAllclose(exact, { rtol: 1e-5, atol: 1e-7 });
      }),
    );
  });
});
