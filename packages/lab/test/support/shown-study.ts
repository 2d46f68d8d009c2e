import {
  bars,
  curveOf,
  curves,
  estimateOf,
  html,
  matrix,
  measure,
  type RunEvent,
  scatter,
  study,
  table,
  type Variant,
} from "@deepgrain/lab";
import { noise } from "./coin-study";

interface Result {
  loss: number;
  cost: number;
  curve: { x: number; y: number }[];
}

const loss = measure("loss, nats per token", (result: Result) => result.loss);
const cost = measure("cost, seconds", (result: Result) => result.cost);

const variants: (Variant & { rate: number })[] = [
  { id: "dense", name: "Dense network of the same activated size", rate: 1 },
  { id: "switch", name: "Switch", rate: 1.5 },
  { id: "fine", name: "Fine-grained experts", rate: 2 },
  { id: "shared", name: "Fine-grained and shared experts", rate: 2.2 },
];
const ids = variants.map(({ id }) => id);
const names = variants.map(({ name }) => name!);

/** A study with every chart, for looking at its page. Its results are made up. */
export const shown = study({
  name: "shown",
  title: "Four networks on made-up data",
  lead: "Every chart and table of a report, drawn from results that a formula made up. Wide tables scroll within themselves and keep their first column.",
  settings: { steps: 40, width: 64, rates: [1, 1.5, 2, 2.2] },
  experiments: { "A-1": "Networks at equal size", "A-2": "The price of balance" },
  variants,
  async *run({ rate }, seed, { settings }): AsyncGenerator<RunEvent, Result, void> {
    const at = (x: number) =>
      3 * Math.exp((-rate * x) / 30) + 1.5 + 0.2 * noise(seed * rate + x / 7);
    const curve = Array.from({ length: settings.steps / 2 + 1 }, (_, i) => ({
      x: 2 * i,
      y: at(2 * i),
    }));
    yield { type: "progress", done: 1 };
    return { loss: at(settings.steps), cost: 10 ** rate * (1 + 0.1 * noise(seed)), curve };
  },
  claims: [
    {
      experiment: "A-1",
      lower: loss("switch"),
      higher: loss("dense"),
      margin: 0.01,
      paper: "1.881 < 2.060",
      primary: {
        sentence: "Experts help",
        words: "experts help",
        seeds: 3,
        named: "after the run",
      },
    },
    { experiment: "A-1", lower: loss("shared"), higher: loss("fine"), paper: "1.808 < 1.840" },
    {
      experiment: "A-1",
      lower: loss("dense"),
      higher: loss("fine"),
      margin: 0.01,
      paper: "1 < 2",
      primary: {
        sentence: "Dense networks are best",
        words: "best of all",
        seeds: 3,
        named: "after the run",
      },
      ifReversed: "the formula says otherwise",
    },
    {
      experiment: "A-2",
      scope: "time",
      lower: cost("dense"),
      higher: cost("shared"),
      paper: "a figure only",
    },
    {
      experiment: "A-2",
      scope: "time",
      lower: cost("dense"),
      relation: "=",
      higher: cost("switch"),
      margin: 1,
      paper: "equal",
    },
  ],
  sections: [
    {
      title: "Networks at equal size",
      experiment: "A-1",
      content: ({ runs }) =>
        html`<p>How the loss falls.</p>${curves({
          label: "Loss over training steps",
          caption: "Mean over seeds; bands are 95 % intervals.",
          x: { label: "training step" },
          y: { label: "loss, nats per token" },
          series: variants.map(({ id, name }) => ({
            name: name!,
            points: curveOf(runs, id, (r) => r.curve),
          })),
          reference: { y: 1.6, name: "floor" },
        })}${bars({
          label: "Final loss of every network",
          x: { label: "loss, nats per token" },
          rows: ids.map((id, i) => ({ name: names[i]!, values: [estimateOf(loss(id), runs)] })),
        })}`,
    },
    {
      title: "The price of balance",
      experiment: "A-2",
      content: ({ runs }) =>
        html`${scatter({
          label: "Loss against cost",
          x: { label: "cost, seconds", isLog: true },
          y: { label: "loss, nats per token" },
          groups: [
            {
              name: "networks",
              isLinked: true,
              points: ids.map((id) => ({
                x: estimateOf(cost(id), runs),
                y: estimateOf(loss(id), runs),
                label: id,
              })),
            },
          ],
        })}${bars({
          label: "Share of work of two kinds",
          x: { label: "share", isPercent: true },
          isFromZero: true,
          series: ["shares"],
          rows: names.map((name, i) => ({ name, values: [0.2 * (i + 1)] })),
        })}`,
    },
    {
      title: "What texts share",
      content: () =>
        html`${matrix({
          label: "Experts that two texts share",
          caption: "The number of best experts in common.",
          rows: names,
          columns: names,
          values: names.map((_, i) => names.map((_, j) => (i === j ? null : (i + 1) / (j + 1)))),
        })}${table(["text", "question", "answer"], [["a", "What is <b>?", "it’s bold"]], { text: [1, 2] })}`,
    },
  ],
});
