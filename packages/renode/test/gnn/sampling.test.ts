import { createWasmBackend, setBackend, type WasmBackend } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GraphBatch, wholeGraph } from "../../src/gnn";
import { blockSampler } from "../../src/gnn/sampling/sample-block";
import { seeded } from "../support/seeded";
import { communities } from "./support";

const { graph, features } = communities();
const neighbours = (node: number) => [
  ...graph.targets.subarray(graph.offsets[node], graph.offsets[node + 1]),
];

let backend: WasmBackend;
beforeAll(() => {
  backend = setBackend(createWasmBackend({ threads: 1 })) as WasmBackend;
});
afterAll(() => backend.dispose());

describe("blockSampler", () => {
  it("takes real edges, at most the fanout per node, each once, seeds first", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(graph.order - 1), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        (seeds, fanouts, seed) => {
          const { nodes, source, target, share, size } = blockSampler(
            graph,
            fanouts,
            seeded(seed),
          )(seeds);
          expect([...nodes.subarray(0, seeds.length)]).toEqual(seeds);
          expect(new Set(nodes).size).toBe(size);
          const perNode = new Map<number, number[]>();
          for (const [e, to] of target.entries()) {
            const from = nodes[source[e]!]!;
            expect(neighbours(nodes[to]!)).toContain(from);
            perNode.set(to, [...(perNode.get(to) ?? []), from]);
          }
          for (const [to, list] of perNode) {
            expect(new Set(list).size).toBe(list.length);
            expect(list.length).toBeLessThanOrEqual(Math.max(...fanouts));
            const at = target.indexOf(to);
            expect(share![at]).toBeCloseTo(neighbours(nodes[to]!).length / list.length, 12);
          }
        },
      ),
    );
  });

  it("is the whole surroundings where the fanout is large enough", async () => {
    const block = blockSampler(graph, [99, 99], seeded(1))([0]);
    const whole = new GraphBatch(wholeGraph(graph), features);
    const sampled = new GraphBatch(block, features);
    const dense = async ({ gcn: { csr, weights } }: GraphBatch, names: (i: number) => number) => {
      const [ends, from, values] = await Promise.all([
        csr.offsets.data(),
        csr.indices.data(),
        weights.data(),
      ]);
      return new Map(Array.from({ length: ends[1]! }, (_, e) => [names(from[e]!), values[e]!]));
    };
    const expected = await dense(whole, (i) => i);
    const found = await dense(sampled, (i) => block.nodes[i]!);
    expect(new Set(found.keys())).toEqual(new Set(expected.keys()));
    for (const [node, value] of expected) expect(found.get(node)).toBeCloseTo(value, 6);
  });

  it("estimates the sum over all neighbours without bias", () => {
    const random = seeded(5);
    const sample = blockSampler(graph, [2], random);
    const sums = new Map<number, number>();
    const ROUNDS = 4000;
    for (let round = 0; round < ROUNDS; round++) {
      const { nodes, source, share } = sample([0]);
      source.forEach((from, e) => {
        sums.set(nodes[from]!, (sums.get(nodes[from]!) ?? 0) + share![e]! / ROUNDS);
      });
    }
    for (const node of neighbours(0)) expect(sums.get(node)).toBeCloseTo(1, 0);
  });
});
