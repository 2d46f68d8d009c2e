import { beforeAll, describe, expect, it } from "vitest";
import { labelPropagation, renodeWeights } from "../../src";
import {
  type ClassificationScores,
  classificationScores,
} from "../../src/gnn/metrics/classification-scores";
import { balancedSplit } from "../../src/gnn/splits/balanced-split";
import {
  citation,
  citationNames,
  hasCitations,
  reference,
  toGraphology,
} from "../support/citation";
import { seeded } from "../support/seeded";
import { type Kernel, sgcKernel, sgcRidge } from "../support/sgc-ridge";

const CLOSE = { rtol: 0, atol: 1e-9 };
const values = ({ accuracy, weightedF1, macroF1 }: ClassificationScores) => [
  accuracy,
  weightedF1,
  macroF1,
];

describe.skipIf(!hasCitations).each(citationNames)("the closed-form model on %s", (name) => {
  let graph: Awaited<ReturnType<typeof citation>>;
  let kernel: Kernel;
  beforeAll(async () => {
    graph = await citation(name);
    kernel = sgcKernel(graph);
  });
  const pick = (list: ArrayLike<number>, nodes: Int32Array) =>
    Array.from(nodes, (node) => list[node]!);
  const score = (predicted: ArrayLike<number>, test: Int32Array) =>
    classificationScores(pick(predicted, test), pick(graph.labels, test));

  it("reaches the reference scores with and without weights, and by label propagation", () => {
    const { split, labels, classNames } = graph;
    const { testScores } = reference(name);
    const plain = split.train.map(() => 1);
    const { weights } = renodeWeights.detailed(toGraphology(graph));
    const predict = (w: ArrayLike<number>) =>
      score(sgcRidge(kernel, split.train, labels, classNames.length, w), split.test);
    expect(values(predict(plain))).toBeAllclose(values(testScores.sgcRidge), CLOSE);
    expect(values(predict(weights))).toBeAllclose(values(testScores.sgcRidgeReNode), CLOSE);
    // The reference gives class 0 to nodes that no labelled node reaches.
    const spread = Object.values(labelPropagation(toGraphology(graph))).map((label) => label ?? 0);
    const found = score(spread as number[], split.test);
    expect(values(found)).toBeAllclose(values(testScores.labelPropagation), CLOSE);
  });

  if (name === "cora")
    it("gains from the weights on at least 90 of 100 balanced splits", () => {
      const random = seeded(1);
      const graphology = toGraphology(graph);
      let better = 0;
      for (let draw = 0; draw < 100; draw++) {
        const { train, test } = balancedSplit(graph.labels, { random });
        const { weights } = renodeWeights.detailed(graphology, {
          getNodeTrain: new Set(Array.from(train, String)),
          tolerance: 1e-9,
        });
        const plain = train.map(() => 1);
        const [without, withWeights] = [plain, weights].map((w) =>
          score(sgcRidge(kernel, train, graph.labels, 7, w), test),
        );
        if (withWeights!.weightedF1 > without!.weightedF1) better++;
      }
      expect(better).toBeGreaterThanOrEqual(90);
    });
});
