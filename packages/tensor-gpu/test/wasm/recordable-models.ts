import * as dg from "../../src";
import { integers, seededRandom, uniforms } from "../conformance/suite/numbers";
import { LENGTH, tinyGpt, VOCABULARY } from "../parity/tiny-models";

/** A model with inputs that are written to before each step. */
export interface RecordableModel {
  parameters: dg.Tensor[];
  inputs: dg.Tensor[];
  /** The contents of the inputs in a step. */
  batch(step: number): number[][];
  loss(): dg.Tensor;
}

const input = (shape: number[], dtype: dg.DType = "float32") => dg.keep(dg.zeros(shape, { dtype }));
const leaf = (name: string, shape: number[]) =>
  dg.tidy(() => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = uniforms(seededRandom(name), size, -0.4, 0.4);
    return dg.tensor(values).reshape(shape).requireGrad();
  });

const WIDTHS = [8, 16, 16, 1];
const ROWS = 32;

/** ReLU between linear layers, squared error. */
export function perceptron(): RecordableModel {
  const layers = WIDTHS.slice(1).map((width, i) => ({
    weight: leaf(`weight ${i}`, [width, WIDTHS[i]!]),
    bias: leaf(`bias ${i}`, [width]),
  }));
  const [x, y] = [input([ROWS, WIDTHS[0]!]), input([ROWS, 1])];
  return {
    parameters: layers.flatMap(({ weight, bias }) => [weight, bias]),
    inputs: [x, y],
    batch: (step) => [x, y].map(({ size }, i) => uniforms(seededRandom(`${i} ${step}`), size)),
    loss() {
      const output = layers.reduce(
        (rows, { weight, bias }, i) => dg.linear(i === 0 ? rows : dg.relu(rows), weight, bias),
        x,
      );
      return dg.mseLoss(output, y);
    },
  };
}

/** GPT-2's block; wide enough for two threads to share its products. */
export function gpt(): RecordableModel {
  const batch = 8;
  const { parameters, loss } = tinyGpt(96, 0);
  const ids = input([batch, LENGTH + 1], "int32");
  return {
    parameters,
    inputs: [ids],
    batch: (step) => [integers(seededRandom(`ids ${step}`), ids.size, 0, VOCABULARY)],
    loss: () => loss(ids),
  };
}

const [NODES, EDGES, FEATURES, HIDDEN, CLASSES] = [300, 1500, 40, 64, 5];

/** Two layers of weighted sums over neighbours, the second by attention; every third node has no label. */
export function graphNetwork(): RecordableModel {
  const random = seededRandom("graph");
  const [target, source] = [0, 1].map(() => integers(random, EDGES, 0, NODES));
  const csr = dg.csrFromEdges(target!, source!, NODES, NODES);
  const weights = leaf("edges", [EDGES]);
  const [first, second] = [leaf("first", [FEATURES, HIDDEN]), leaf("second", [HIDDEN, CLASSES])];
  const bias = leaf("bias", [HIDDEN]);
  const features = input([NODES, FEATURES]);
  const labels = input([NODES], "int32");
  return {
    parameters: [weights, first, second, bias],
    inputs: [features, labels],
    batch(step) {
      const classes = integers(seededRandom(`labels ${step}`), NODES, 0, CLASSES);
      return [
        uniforms(seededRandom(`features ${step}`), features.size),
        classes.map((label, node) => (node % 3 === 0 ? -100 : label)),
      ];
    },
    loss() {
      const hidden = dg.relu(dg.segmentSum(features.matmul(first), csr, weights).add(bias));
      const shares = dg.segmentSoftmax(weights.unsqueeze(1), csr).reshape([EDGES]);
      const logits = dg.segmentSum(hidden.matmul(second), csr, shares);
      return dg.crossEntropy(logits.add(dg.segmentMean(logits, csr)), labels);
    },
  };
}
