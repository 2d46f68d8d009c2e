import {
  estimateOf,
  html,
  measure,
  type Quantity,
  resultsOf,
  spread,
  study,
  table,
} from "@deepgrain/lab";
import { z } from "zod";
import { limitThreads } from "../one-thread-backend";
import {
  type PreferenceResult,
  type PreferenceSettings,
  trainPreferences,
} from "./train-preferences";

const standard: PreferenceSettings = {
  hiddenSize: 32,
  sftSteps: 800,
  dpoSteps: 90,
  dpoRate: 3e-4,
  samples: 8,
  maxKl: 0.5,
};

/** Sizes by name. */
export const preferenceSettings = {
  quick: { ...standard, sftSteps: 500, dpoSteps: 60 },
  default: standard,
  full: { ...standard, sftSteps: 1200 },
} satisfies Record<string, PreferenceSettings>;

/** Paired seeds of each size. */
export const preferenceSeeds = { quick: 3, default: 5, full: 10 };

const amount = z.number();
const resultSchema = z.strictObject({
  accuracyBefore: amount,
  accuracyAfter: amount,
  scoreBefore: amount,
  scoreAfter: amount,
  winRate: amount,
  kl: amount,
  highestKl: amount,
  steps: z.int(),
});

const methods = [
  { id: "dpo", name: "DPO, β 0.1", lossType: "sigmoid", beta: 0.1 },
  { id: "dpo-0.5", name: "DPO, β 0.5", lossType: "sigmoid", beta: 0.5 },
  { id: "ipo", name: "IPO, β 0.1", lossType: "ipo", beta: 0.1 },
] as const;

const read = (name: string, key: keyof PreferenceResult) =>
  measure(name, (result: PreferenceResult) => result[key]);

const ACCURACY = "accuracy on held-out pairs";
const WINS = "win rate by the judge";
const KL = "highest KL, nats per token";

const before = (id: string) => ({
  ...read(ACCURACY, "accuracyBefore")(id),
  subject: `before ${methods.find((method) => method.id === id)!.name}`,
});
const after = read(ACCURACY, "accuracyAfter");
const wins = read(WINS, "winRate");
const kl = read(KL, "highestKl");

const constant = (name: string, subject: string, value: number): Quantity<PreferenceResult> => ({
  measure: name,
  subject,
  variants: [],
  read: () => value,
});

/** Preferences in miniature: a small model learns what a program prefers among its own answers. */
export const preferences = study({
  name: "preferences",
  title: "Preferences in miniature",
  lead: "A small model is fine-tuned on answers that count up or down as often. A program prefers those that count up. DPO learns this from pairs of the model's own answers; held-out prompts show how far it goes.",
  module: new URL("./study-preferences.js", import.meta.url).href,
  exportName: "preferences",
  settings: preferenceSettings.default as PreferenceSettings,
  experiments: { "C-8": "Preferences" },
  variants: methods,
  async *run({ lossType, beta }, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* trainPreferences({ lossType, beta }, seed, { settings, signal });
  },
  parse: (result) => resultSchema.parse(result),
  claims: ({ maxKl }) =>
    methods.flatMap(({ id }) => [
      {
        experiment: "C-8",
        lower: before(id),
        higher: after(id),
        paper: "preference accuracy rises",
      },
      {
        experiment: "C-8",
        lower: constant(WINS, "chance", 0.5),
        higher: wins(id),
        paper: "MT-Bench 8.35 < 8.76",
      },
      {
        experiment: "C-8",
        lower: kl(id),
        higher: constant(KL, "the bound", maxKl),
        paper: "a bound of the run",
      },
    ]),
  sections: [
    {
      experiment: "C-8",
      title: "preferences learned",
      content: ({ runs }) => {
        const mean = (key: keyof PreferenceResult, id: string) =>
          spread(estimateOf(read(key, key)(id), runs)!);
        const rows = methods
          .filter(({ id }) => resultsOf(runs, id).length > 0)
          .map(({ id, name }) => [
            name,
            mean("accuracyBefore", id),
            mean("accuracyAfter", id),
            mean("scoreBefore", id),
            mean("scoreAfter", id),
            mean("winRate", id),
            mean("kl", id),
          ]);
        return html`<p>Means ± one standard error over seeds. Accuracy: pairs in order. Score: share of an answer's numbers that count up. The win rate
compares sampled answers to held-out prompts, ties counting one half. The KL is that of the last evaluation, per token.</p>${table(
          ["method", "accuracy before", "after", "score before", "after", "win rate", "KL"],
          rows,
        )}`;
      },
    },
  ],
});
