/**
 * @file Weighted F1 of a GCN with and without ReNode's weights, on the same splits and initial weights.
 *
 * `npm run bench:gcn -- <cora|citeseer> balanced|levels|step [splits] [initialisations]`
 * balanced: 20 training nodes per class. levels: of 100 such splits those of the lowest, middle and highest total Totoro.
 * step: three head classes with ten times the training nodes of the others, 5 % in all.
 */
import { planetoid } from "@deepgrain/datasets";
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import {
  balancedSplit,
  fromCitation,
  imbalanceLevels,
  type LossName,
  type NodeSplit,
  stepSplit,
  trainingWeights,
  trainNodes,
  trainToEnd,
} from "../src/gnn";

const [name = "cora", mode = "balanced", splitText = "5", startText = "3"] = process.argv.slice(2);
const [splitCount, starts] = [Number(splitText), Number(startText)];
const folder = `${process.env.DEEPGRAIN_SHARED ?? "../../../shared"}/data/${name}`;
const data = fromCitation(await planetoid(folder));
const backend = setBackend(createWasmBackend({ threads: 1 }));
const seeded = (seed: number) => {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
};

interface Variant {
  title: string;
  loss?: LossName;
  pair?: readonly [min: number, max: number];
}
const pairs = [
  { title: "CE" },
  { title: "ReNode 0.25/1.75", pair: [0.25, 1.75] },
  { title: "ReNode 0.5/1.5", pair: [0.5, 1.5] },
  { title: "ReNode 0.75/1.25", pair: [0.75, 1.25] },
] as const;
const losses = [
  { title: "CE" },
  { title: "ReNode + CE", pair: [0.5, 1.5] },
  { title: "re-weight", loss: "re-weight" },
  { title: "ReNode + re-weight", loss: "re-weight", pair: [0.5, 1.5] },
] as const;

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: number[]) => {
  const middle = mean(values);
  return Math.sqrt(
    mean(values.map((value) => (value - middle) ** 2)) * (values.length / (values.length - 1)),
  );
};
/** Student's t at 97.5 % for 1 to 29 degrees of freedom. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045,
];

/** Mean difference and its 95 % interval, paired by split: starts on one split are not independent. */
function gain(values: number[], base: number[]): string {
  const bySplit = Array.from({ length: values.length / starts }, (_, s) =>
    mean(Array.from({ length: starts }, (_, i) => values[s * starts + i]! - base[s * starts + i]!)),
  );
  const half = (STUDENT[bySplit.length - 2]! * deviation(bySplit)) / Math.sqrt(bySplit.length);
  const middle = mean(bySplit);
  return `${middle.toFixed(2)} [${(middle - half).toFixed(2)}, ${(middle + half).toFixed(2)}]`;
}

async function compare(title: string, splits: readonly NodeSplit[], variants: readonly Variant[]) {
  const scores = variants.map((): number[] => []);
  for (const [s, split] of splits.entries())
    for (let i = 0; i < starts; i++)
      for (const [v, { loss = "ce", pair }] of variants.entries()) {
        const nodeWeights = pair
          ? trainingWeights(data, split.train, { minWeight: pair[0], maxWeight: pair[1] })
          : new Float64Array(split.train.length).fill(1);
        const random = seeded(1000 + 100 * s + i); // the same initial weights for each variant
        const options = { model: "gcn", split, loss, nodeWeights, random } as const;
        const { test, model } = await trainToEnd(trainNodes(data, options));
        model.dispose();
        scores[v]!.push(100 * test!.weightedF1);
      }
  for (const [v, { title: variant }] of variants.entries()) {
    const over = v === 0 ? [] : [`over ${variants[0]!.title} ${gain(scores[v]!, scores[0]!)}`];
    if (v === 3 && variants === losses) over.push(`over re-weight ${gain(scores[3]!, scores[2]!)}`);
    const own = `${mean(scores[v]!).toFixed(2)} ± ${deviation(scores[v]!).toFixed(2)}`;
    console.log([`${title}, ${variant}: ${own}`, ...over].join("; "));
  }
}

const many = (make: (seed: number) => NodeSplit) =>
  Array.from({ length: splitCount }, (_, s) => make(s));
if (mode === "balanced")
  await compare(
    name,
    many((s) => balancedSplit(data.classes, { random: seeded(s) })),
    pairs,
  );
else if (mode === "step")
  await compare(
    `${name}, step`,
    many((s) => stepSplit(data.classes, { random: seeded(s) })),
    losses,
  );
else {
  const levels = imbalanceLevels(data.graph, data.classes, {
    random: seeded(0),
    perLevel: splitCount,
  });
  for (const level of ["low", "middle", "high"] as const) {
    const totals = levels[level].map(({ total }) => total);
    const title = `${name}, ${level} (total ${mean(totals).toFixed(3)})`;
    await compare(
      title,
      levels[level].map(({ split }) => split),
      [pairs[0], pairs[2]],
    );
  }
}
await backend.dispose();
