/** @file A mixture layer in plain loops and double precision, to compare with. */
import type { MoeLayer } from "../src";

type Rows = number[][];

const rowsOf = (data: ArrayLike<number>, width: number): Rows =>
  Array.from({ length: data.length / width }, (_, r) =>
    Array.from({ length: width }, (_, c) => data[r * width + c]!),
  );

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** down(silu(gate·x) ⊙ up·x) */
function network(x: readonly number[], gate: Rows, up: Rows, down: Rows): number[] {
  const inner = gate.map((row, i) => {
    const z = dot(row, x);
    return (z / (1 + Math.exp(-z))) * dot(up[i]!, x);
  });
  return down.map((row) => dot(row, inner));
}

function expertsOf(layer: MoeLayer): { gate: Rows; up: Rows; down: Rows }[] {
  const { experts, hiddenSize: d, expertSize: f } = layer.config;
  const [gateUp, down] = [layer.experts.gateUp.dataSync(), layer.experts.down.dataSync()];
  return Array.from({ length: experts }, (_, e) => {
    const own = rowsOf(gateUp.slice(e * 2 * f * d, (e + 1) * 2 * f * d), d);
    return {
      gate: own.slice(0, f),
      up: own.slice(f),
      down: rowsOf(down.slice(e * d * f, (e + 1) * d * f), f),
    };
  });
}

/** The output of a greedy softmax layer without normalisation for tokens [tokens, d], flat. */
export function referenceLayer(layer: MoeLayer, x: ArrayLike<number>): number[] {
  const { hiddenSize: d, expertSize, topK, sharedExperts = 0 } = layer.config;
  const centroids = rowsOf(layer.gate.weight.dataSync(), d);
  const experts = expertsOf(layer);
  const shared = layer.sharedExperts;
  return rowsOf(x, d).flatMap((token) => {
    const exponentials = centroids.map((row) => Math.exp(dot(row, token)));
    const total = exponentials.reduce((a, b) => a + b);
    const scores = exponentials.map((e) => e / total);
    const chosen = scores
      .map((score, e) => ({ score, e }))
      .sort((a, b) => b.score - a.score)
      .slice(0, topK);
    const parts = chosen.map(({ score, e }) => {
      const { gate, up, down } = experts[e]!;
      return network(token, gate, up, down).map((v) => score * v);
    });
    if (shared)
      parts.push(
        network(
          token,
          rowsOf(shared.gateProj!.weight.dataSync(), d),
          rowsOf(shared.upProj!.weight.dataSync(), d),
          rowsOf(shared.downProj.weight.dataSync(), sharedExperts * expertSize),
        ),
      );
    return token.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));
  });
}
