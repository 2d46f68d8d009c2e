import {
  decimal,
  estimateOf,
  type Html,
  html,
  measure,
  resultsOf,
  type SectionInput,
  spread,
  study,
  table,
} from "@deepgrain/lab";
import { percent } from "../../report/numbers";
import { constant } from "../constant";
import { introductions } from "../introductions";
import { limitThreads } from "../one-thread-backend";
import { methods, tuned, tuningSeeds } from "./methods";
import { type PreferenceResult, resultSchema } from "./result";
import { type PreferenceSettings, preferenceSettings } from "./settings";
import { trainPreferences } from "./train-preferences";

type Key = Exclude<keyof PreferenceResult, "isStopped">;

const read = (name: string, key: Key) => measure(name, (result: PreferenceResult) => result[key]);

const ACCURACY = "accuracy on held-out pairs";
const WINS = "win rate by the judge";
const COUNTS = "share of numbers that count, up or down";

/** How far that share may be from the start to count as kept. */
const KEPT = 0.05;

const before = (name: string, key: Key, id: string) => ({
  ...read(name, key)(id),
  subject: `before ${methods.find((method) => method.id === id)!.name}`,
});
const after = read(ACCURACY, "accuracyAfter");
const wins = read(WINS, "winRate");
const margin = read("lead of chosen answers in reward", "margin");
const counts = read(COUNTS, "countsAfter");

/** The results of each method, and whether the bound on the KL held. */
function learned({ runs, settings }: SectionInput<PreferenceSettings, PreferenceResult>): Html {
  const shown = methods.filter(({ id }) => resultsOf(runs, id).length > 0);
  const meanOf = (key: Key, id: string) => estimateOf(read(key, key)(id), runs)!;
  const keys = [
    "accuracyBefore",
    "accuracyAfter",
    "winRate",
    "countsBefore",
    "countsAfter",
  ] as const;
  const all = shown.flatMap(({ id }) => resultsOf(runs, id));
  const highest = Math.max(...all.map(({ highestKl }) => highestKl));
  const stopped = all.filter(({ isStopped }) => isStopped).length;
  const rates = shown.map(({ id }) => meanOf("winRate", id).mean);
  const best = shown[rates.indexOf(Math.max(...rates))]!;
  return html`<p>${best.name} wins most: ${percent(Math.max(...rates))} of the comparisons with the model before it.</p>${table(
    ["method", "accuracy before", "after", "win rate", "numbers that count, before", "after"],
    shown.map(({ id, name }) => [name, ...keys.map((key) => spread(meanOf(key, id)))]),
  )}<p class="meta">Means ± one standard error over seeds. Accuracy: share of held-out pairs in order, by the probability of the answers before
and by the implied reward after. Win rate: the program compares sampled answers to held-out prompts, ties count one half. Numbers that
count: the share of an answer's numbers that go on from the prompt, up or down.</p>
<p>The KL divergence to the reference stayed at or below ${decimal(highest)} nats per token in all ${all.length} runs; the bound is
${settings.maxKl}, and it ended ${stopped} of them before their last step.</p>${table(
    ["method", "learning rate", "steps kept", "final KL", "highest KL of any run"],
    shown.map(({ id, name }) => [
      name,
      String(tuned[id]),
      meanOf("steps", id).mean.toFixed(0),
      spread(meanOf("kl", id)),
      decimal(Math.max(...resultsOf(runs, id).map(({ highestKl }) => highestKl))),
    ]),
  )}<p class="meta">The KL is measured over the whole vocabulary, on held-out pairs and on the pairs of the next step. Rates were chosen on seeds
${tuningSeeds.join(", ")} (tuning.json).</p>`;
}

/** Preferences in miniature: a small model learns what a program prefers among its own answers. */
export const preferences = study({
  name: "preferences",
  ...introductions.dpo,
  module: new URL("./study-preferences.js", import.meta.url).href,
  exportName: "preferences",
  settings: preferenceSettings.default as PreferenceSettings,
  experiments: { "C-8": "Preferences" },
  variants: methods.map((method) => ({ ...method, rate: tuned[method.id] })),
  async *run(method, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* trainPreferences(method, seed, { settings, signal });
  },
  parse: (result) => resultSchema.parse(result),
  claims: methods.flatMap(({ id }) => [
    {
      experiment: "C-8",
      lower: before(ACCURACY, "accuracyBefore", id),
      higher: after(id),
      paper: "preference accuracy rises",
    },
    {
      experiment: "C-8",
      lower: constant("lead of chosen answers in reward", "before", 0),
      higher: margin(id),
      paper: "the margin rises",
    },
    {
      experiment: "C-8",
      lower: constant(WINS, "chance", 0.5),
      higher: wins(id),
      paper: "MT-Bench 8.35 < 8.76",
    },
    {
      experiment: "C-8",
      lower: before(COUNTS, "countsBefore", id),
      higher: counts(id),
      margin: KEPT,
      paper: "benchmarks nearly unchanged",
    },
  ]),
  sections: [{ experiment: "C-8", title: "preferences learned", content: learned }],
});
