import { describe, expect, it } from "vitest";
import { tamMargins } from "../../src/gnn/balancing/tam";
import { indexGraph } from "../../src/graph/index-graph";

/** 0 − 1 − 2 − 3: 0 and 3 are labelled 0 and 1. */
const { adjacency: graph } = indexGraph(
  { order: 4, offsets: [0, 1, 2, 3, 3], targets: [1, 2, 3] },
  "test",
);
const input = { graph, train: [0, 3], classes: [0, -1, -1, 1], classCount: 2 };

/** Jensen–Shannon divergence. */
function divergence(a: number[], b: number[]): number {
  const half = (x: number[], y: number[]) =>
    x.reduce((sum, value, c) => sum + value * Math.log((2 * value) / (value + y[c]!)), 0);
  return Math.max(1e-6, (half(a, b) + half(b, a)) / 2);
}

describe("tamMargins", () => {
  it("is 0 towards the own class and where a node is its class's mean", () => {
    // One node per class: its surroundings are the class's mean, so ACM and J(p, M_y) are trivial: ADM = 0 but for floors.
    const margins = tamMargins(new Float32Array(8), input);
    expect([margins[0], margins[3]]).toEqual([0, 0]);
    expect(margins).toBeAllclose([0, 0, 0, 0], { atol: 1e-3 });
  });

  it("follows the equations, worked step by step for two nodes of one class", () => {
    const two = { graph, train: [0, 1, 3], classes: [0, 0, -1, 1], classCount: 2 };
    const logits = [0, 0, 0, 0, 0.5, -0.5, 0, 0];
    // r = 2/3, 1/3; s = 0.4·r + 0.6; τ = 1.2·(s + 1 − max s)
    const s = [0.4 * (2 / 3) + 0.6, 0.4 / 3 + 0.6];
    const tau = s.map((value) => 1.2 * (value + 1 - s[0]!));
    const raised = [Math.exp(0.5 * tau[0]!), Math.exp(-0.5 * tau[1]!)];
    const q2 = raised.map((value) => value / (raised[0]! + raised[1]!));
    const floored = (row: number[]) => row.map((value) => Math.max(1e-6, value));
    const p = [
      floored([1, 0]), // node 0 and its neighbour 1
      floored([(2 + q2[0]!) / 3, q2[1]! / 3]), // 0, 1, 2
      floored([q2[0]! / 2, (q2[1]! + 1) / 2]), // 2, 3
    ];
    const mean = [p[0]!.map((value, c) => (value + p[1]![c]!) / 2), p[2]!];
    const expected = p.flatMap((own, v) => {
      const y = v < 2 ? 0 : 1;
      return [0, 1].map((j) => {
        if (j === y) return 0;
        const acm = Math.min(1, (own[y]! / mean[y]![y]!) * (mean[y]![j]! / own[j]!));
        const between = divergence(mean[y]!, mean[j]!);
        const adm =
          (divergence(own, mean[y]!) ** 2 + between ** 2 - divergence(own, mean[j]!) ** 2) /
          (2 * between ** 2);
        return 2.5 * Math.log(acm) - 0.5 * adm;
      });
    });
    expect(tamMargins(logits, two)).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-6 });
  });

  it("lowers the margin only for nodes whose surroundings lean to another class more than is usual", () => {
    const two = { graph, train: [0, 1, 3], classes: [0, 0, -1, 1], classCount: 2 };
    const margins = tamMargins(new Float32Array(8), two, { distribution: 0 });
    expect(margins[0 * 2 + 1]).toBe(0); // node 0 hears of class 0 alone
    expect(margins[1 * 2 + 1]).toBeLessThan(0); // node 1 also hears an undecided node
  });
});
