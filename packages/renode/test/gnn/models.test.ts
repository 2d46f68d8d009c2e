import { createWasmBackend, Generator, setBackend, type WasmBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChebNet, Gcn, GraphBatch, wholeGraph } from "../../src/gnn";
import { disposeOperator } from "../../src/gnn/data/operator";
import { Appnp, Ppnp } from "../../src/gnn/models/appnp";
import { Gat } from "../../src/gnn/models/gat";
import { GraphSage } from "../../src/gnn/models/graph-sage";
import { influenceOperator } from "../../src/gnn/models/influence-operator";
import { Sgc } from "../../src/gnn/models/sgc";
import { influence, type Matrix } from "../support/dense";
import { communities } from "./support";

const CLOSE = { rtol: 1e-4, atol: 1e-5 };
const data = communities({ perClass: 4 });
const n = data.graph.order;
const adjacency: Matrix = Array.from({ length: n }, (_, i) => {
  const row = new Array<number>(n).fill(0);
  for (let e = data.graph.offsets[i]!; e < data.graph.offsets[i + 1]!; e++)
    row[data.graph.targets[e]!] = 1;
  return row;
});
const degree = adjacency.map((row) => row.reduce((a, b) => a + b, 0));
const normalized = adjacency.map((row, i) =>
  row.map((value, j) => (value + Number(i === j)) / Math.sqrt((degree[i]! + 1) * (degree[j]! + 1))),
);

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, c) => row.reduce((sum, value, k) => sum + value * b[k]![c]!, 0)));
const plus = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => value + b[i]![j]!));
const relu = (a: Matrix): Matrix => a.map((row) => row.map((value) => Math.max(0, value)));
const scaled = (a: Matrix, by: number): Matrix => a.map((row) => row.map((value) => value * by));

/** Rows of a tensor with two axes; one axis is a row for each node. */
async function matrixOf(
  { data: read, shape }: { data(): Promise<ArrayLike<number>>; shape: readonly number[] },
  tensor: object,
): Promise<Matrix> {
  const values = await read.call(tensor);
  const [rows, cols] = shape.length === 1 ? [n, shape[0]!] : [shape[0]!, shape[1]!];
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: cols }, (_, c) => values[shape.length === 1 ? c : r * cols + c]!),
  );
}

let backend: WasmBackend;
let batch: GraphBatch;
let x: Matrix;
beforeAll(async () => {
  backend = setBackend(createWasmBackend({ threads: 1 })) as WasmBackend;
  batch = new GraphBatch(wholeGraph(data.graph), data.features);
  const { cols, data: values } = data.features as { cols: number; data: Float32Array };
  x = Array.from({ length: n }, (_, r) => [...values.subarray(r * cols, (r + 1) * cols)]);
});
afterAll(() => backend.dispose());

const sizes = (seed: number) => ({
  features: data.features.cols,
  classes: 3,
  hidden: 8,
  generator: new Generator(seed),
});

/** A model's parameters by name, with biases drawn anew: zeros would hide a mistake. */
async function parametersOf(model: Gcn | Gat | Sgc | Appnp | Ppnp | GraphSage | ChebNet) {
  const found: Record<string, Matrix> = {};
  for (const [name, tensor] of model.namedParameters()) {
    if (tensor.rank === 1)
      tensor.set(Float32Array.from({ length: tensor.size }, (_, i) => 0.1 * i - 0.2));
    found[name] = await matrixOf(tensor, tensor);
  }
  model.eval();
  return found;
}

async function expectLogits(
  model: { forward(batch: GraphBatch): { data(): Promise<ArrayLike<number>> } },
  expected: Matrix,
) {
  const logits = model.forward(batch);
  expect(Array.from(await logits.data())).toBeAllclose(expected.flat(), CLOSE);
}

describe("models against dense matrices", () => {
  it("GCN is Â·relu(Â·X·Θ + b)·Θ + b", async () => {
    const model = new Gcn(sizes(1));
    const p = await parametersOf(model);
    const hidden = relu(
      plus(product(normalized, product(x, p["first.weight"]!)), p["first.bias"]!),
    );
    const expected = plus(
      product(normalized, product(hidden, p["second.weight"]!)),
      p["second.bias"]!,
    );
    await expectLogits(model, expected);
  });

  it("SGC is Â²·X·Θ + b", async () => {
    const model = new Sgc(sizes(2));
    const p = await parametersOf(model);
    const twice = product(normalized, product(normalized, x));
    await expectLogits(model, plus(product(twice, p.weight!), p.bias!));
  });

  it("GraphSAGE adds the neighbours' mean and the node's own rows", async () => {
    const model = new GraphSage(sizes(3));
    const p = await parametersOf(model);
    const mean = adjacency.map((row, i) => row.map((value) => value / degree[i]!));
    const layer = (h: Matrix, name: string) =>
      plus(
        plus(product(mean, product(h, p[`${name}.neighbours`]!)), product(h, p[`${name}.own`]!)),
        p[`${name}.bias`]!,
      );
    await expectLogits(model, layer(relu(layer(x, "first")), "second"));
  });

  it("ChebNet is Θ₀·h + Θ₁·L̃·h", async () => {
    const model = new ChebNet(sizes(4));
    const p = await parametersOf(model);
    const laplacian = adjacency.map((row, i) =>
      row.map((value, j) => -value / Math.sqrt(degree[i]! * degree[j]!)),
    );
    const layer = (h: Matrix, name: string) =>
      plus(
        plus(
          product(h, p[`${name}.constant`]!),
          product(laplacian, product(h, p[`${name}.linear`]!)),
        ),
        p[`${name}.bias`]!,
      );
    await expectLogits(model, layer(relu(layer(x, "first")), "second"));
  });

  it("GAT weighs neighbours by a softmax of its scores, head by head", async () => {
    const model = new Gat({ ...sizes(5), heads: 2 });
    const p = await parametersOf(model);
    const layer = (h: Matrix, name: string, heads: number): Matrix => {
      const rows = product(h, p[`${name}.weight`]!);
      const width = rows[0]!.length / heads;
      const dot = (row: number[], head: number, a: Matrix) =>
        a[head]!.reduce((sum, value, c) => sum + value * row[head * width + c]!, 0);
      const out = rows.map((own, i) =>
        own.map((_, c) => {
          const head = Math.floor(c / width);
          const scores = rows.map((other, j) => {
            if (i !== j && adjacency[i]![j] === 0) return 0;
            const score =
              dot(own, head, p[`${name}.receiver`]!) + dot(other, head, p[`${name}.sender`]!);
            return Math.exp(score > 0 ? score : 0.2 * score);
          });
          const total = scores.reduce((a, b) => a + b, 0);
          return scores.reduce((sum, score, j) => sum + (score / total) * rows[j]![c]!, 0);
        }),
      );
      return plus(out, p[`${name}.bias`]!);
    };
    await expectLogits(model, layer(relu(layer(x, "first", 2)), "second", 1));
  });

  const perceptron = (p: Record<string, Matrix>) =>
    plus(product(relu(plus(product(x, p.first!), p.firstBias!)), p.second!), p.secondBias!);

  it("APPNP repeats Z := (1 − restart)·Â·Z + restart·H", async () => {
    const model = new Appnp({ ...sizes(6), restart: 0.3, steps: 4 });
    const h = perceptron(await parametersOf(model));
    let z = h;
    for (let step = 0; step < 4; step++)
      z = plus(scaled(product(normalized, z), 0.7), scaled(h, 0.3));
    await expectLogits(model, z);
  });

  it("PPNP multiplies by the exact influence matrix, which models may share", async () => {
    const shared = influenceOperator(data.graph);
    new Ppnp(sizes(6), shared).dispose();
    const model = new Ppnp(sizes(7), shared);
    const h = perceptron(await parametersOf(model));
    await expectLogits(model, product(influence(adjacency), h));
    disposeOperator(shared);
  });

  it("PPNP keeps the largest entries of each row when asked", async () => {
    const { csr, weights } = influenceOperator(data.graph, [0], { topK: 2 });
    const expected = [...influence(adjacency)[0]!].sort((a, b) => b - a).slice(0, 2);
    expect([...(await weights.data())].sort((a, b) => b - a)).toBeAllclose(expected, CLOSE);
    expect(csr.indices.size).toBe(2);
  });
});
