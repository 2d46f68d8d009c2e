/**
 * @file Topology imbalance on Cora (or CiteSeer): weighted F1 of a GCN with plain cross-entropy and with ReNode's weights, on
 * the same splits and initial weights. `npm run bench:gcn -- [cora|citeseer] [splits] [initialisations]`
 */
import { planetoid } from "@deepgrain/datasets";
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { balancedSplit, fromCitation, trainingWeights, trainNodes, trainToEnd } from "../src/gnn";

const [name = "cora", splits = "5", inits = "3"] = process.argv.slice(2);
const folder = `${process.env.DEEPGRAIN_SHARED ?? "../../../shared"}/data/${name}`;
const data = fromCitation(await planetoid(folder));
const backend = setBackend(createWasmBackend({ threads: 1 }));
const seeded = (seed: number) => {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
};
const pairs = [
  ["CE", null],
  ["ReNode 0.25/1.75", [0.25, 1.75]],
  ["ReNode 0.5/1.5", [0.5, 1.5]],
  ["ReNode 0.75/1.25", [0.75, 1.25]],
] as const;

const scores = new Map<string, number[]>(pairs.map(([title]) => [title, []]));
for (let s = 0; s < Number(splits); s++) {
  const split = balancedSplit(data.classes, { random: seeded(100 + s) });
  for (let i = 0; i < Number(inits); i++)
    for (const [title, pair] of pairs) {
      const nodeWeights = pair
        ? trainingWeights(data, split.train, { minWeight: pair[0], maxWeight: pair[1] })
        : new Float64Array(split.train.length).fill(1);
      const random = seeded(1000 + 10 * s + i); // the same initial weights for each title
      const { test, model, epochs } = await trainToEnd(
        trainNodes(data, { model: "gcn", split, nodeWeights, random }),
      );
      model.dispose();
      scores.get(title)!.push(100 * test!.weightedF1);
      console.error(
        `split ${s}, start ${i}, ${title}: ${(100 * test!.weightedF1).toFixed(2)} after ${epochs} epochs`,
      );
    }
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: number[]) =>
  Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1),
  );
/** Means over each split's initialisations: splits are independent, initialisations on one split are not. */
const bySplit = (values: number[]) =>
  Array.from({ length: Number(splits) }, (_, s) =>
    mean(values.slice(s * Number(inits), (s + 1) * Number(inits))),
  );
/** Student's t at 97.5 % for 1 to 30 degrees of freedom. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];
const plain = scores.get("CE")!;
for (const [title, values] of scores) {
  const gains = bySplit(values.map((value, i) => value - plain[i]!));
  const half = (T[gains.length - 2]! * deviation(gains)) / Math.sqrt(gains.length);
  const gain =
    title === "CE"
      ? ""
      : `; over CE ${mean(gains).toFixed(2)} [${(mean(gains) - half).toFixed(2)}, ${(mean(gains) + half).toFixed(2)}] (95 %, paired by split)`;
  console.log(
    `${name}, ${title}: ${mean(values).toFixed(2)} ± ${deviation(values).toFixed(2)}${gain}`,
  );
}
await backend.dispose();
