import { encoderDefences } from "@deepgrain/fine-purify/encoders";
import {
  curveOf,
  estimateOf,
  type Html,
  html,
  measure,
  pairedDifference,
  type Quantity,
  resultsOf,
  type Section,
  type StudyRuns,
  scatter,
  table,
  valuesOf,
} from "@deepgrain/lab";
import { acc, asr } from "./claims";
import type { PurifySettings } from "./recipe";
import type { PurifyResult } from "./results";
import { screens } from "./screen-victim";
import { experimentOf, experiments } from "./variants";

type Runs = StudyRuns<PurifySettings, PurifyResult>;

const percent = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : (100 * value).toFixed(1).replace("-", "−");

/** Mean and standard error over seeds, in percent. */
function spread(quantity: Quantity<PurifyResult>, runs: Runs): string {
  const found = estimateOf(quantity, runs);
  if (found === null) return "–";
  return `${percent(found.mean)}${found.standardError === null ? "" : ` ± ${percent(found.standardError)}`}`;
}

const idsOf = (runs: Runs, victim: string) =>
  encoderDefences.filter(({ id }) => resultsOf(runs, `${victim}/${id}`).length > 0);

/** ASR of the mean random mask less that of a method, with its 95 % interval. */
function lead(runs: Runs, victim: string, id: string): string {
  const [own, random] = [id, "random"].map((name) => valuesOf(asr(`${victim}/${name}`), runs));
  const seeds = runs.seeds.filter((seed) => own!.has(seed) && random!.has(seed));
  if (id === "random" || seeds.length === 0) return "–";
  const at = (values: ReadonlyMap<number, number> | undefined) =>
    seeds.map((seed) => values!.get(seed)!);
  const { mean, interval } = pairedDifference(at(own), at(random));
  const range = interval ? ` (${percent(interval[0])} to ${percent(interval[1])})` : "";
  return `${percent(mean)}${range}`;
}

const titles: Record<string, string> = {
  "sgd/word": "SGD, trigger word",
  "sgd/sentence": "SGD, trigger sentence",
  "adamw/word": "AdamW, trigger word",
  "adamw/sentence": "AdamW, trigger sentence",
  "sgd/none": "a clean victim (ASR: how often the unused trigger happens to lead to the target)",
  "text/word": "real text, AdamW, trigger words",
};

/** One table per victim, as text for the terminal too. */
export function rowsOf(runs: Runs, victim: string): string[][] {
  const row = (id: string, name: string): string[] => {
    const own = resultsOf(runs, `${victim}/${id}`);
    const rhos = own.flatMap(({ rho }) => (rho === null ? [] : [rho]));
    const missed = own.filter(({ reached }) => !reached).length;
    const rho =
      rhos.length === 0 ? "–" : (rhos.reduce((a, b) => a + b, 0) / rhos.length).toFixed(2);
    return [
      name,
      spread(acc(`${victim}/${id}`), runs),
      spread(asr(`${victim}/${id}`), runs),
      id === "victim" ? "–" : lead(runs, victim, id),
      missed > 0 ? `${rho} (${missed} missed)` : rho,
    ];
  };
  return [row("victim", "victim"), ...idsOf(runs, victim).map(({ id, name }) => row(id, name))];
}

export const head = ["", "ACC, %", "ASR, %", "random masks less this, points (95 %)", "mean ρ"];

const frr = measure("FRR", ({ frr: value }: PurifyResult) => value);
const far = measure("FAR", ({ far: value }: PurifyResult) => value);

/** Defences at inference time, which leave the weights alone. */
function screensOf(runs: Runs, victim: string): Html | false {
  const used = screens.filter(({ id }) => resultsOf(runs, `${victim}/${id}`).length > 0);
  if (used.length === 0) return false;
  const body = used.map(({ id, name }) => [
    name,
    ...[acc, asr, frr, far].map((one) => spread(one(`${victim}/${id}`), runs)),
  ]);
  const rules = used
    .map(({ id, name }) => {
      const { ACC, ASR } = resultsOf(runs, `${victim}/${id}`)[0]!.rules;
      return `${name}: ${ACC}; ${ASR}`;
    })
    .join(". ");
  return html`${table(["at inference time", "ACC, %", "ASR, %", "clean refused, %", "triggered accepted, %"], body)}
<p class="meta">Refused rows count as wrong, and as no success of the attack. ${rules}.</p>`;
}

/** ASR over ACC of fine-tuning alone and some methods. */
function curve(runs: Runs, victim: string, methods: ReturnType<typeof idsOf>): Html {
  const groups = methods.map(({ id, name }) => {
    const variant = `${victim}/${id}`;
    const values = (key: "asr" | "acc") =>
      curveOf(runs, variant, ({ tried }) =>
        tried.map((one) => ({ x: one.rho, y: 100 * one[key]! })),
      );
    const [hits, rates] = [values("acc"), values("asr")];
    const points = rates.map((y, i) => ({
      x: hits[i]!,
      y,
      ...(rates.length === 1 && { label: name }),
    }));
    return { name, points, isLinked: true };
  });
  return scatter({
    label: "ASR over ACC",
    caption:
      "Right and low is good. A point per reserve ratio, after fine-tuning; means over seeds.",
    x: { label: "ACC, %" },
    y: { label: "ASR, %" },
    groups,
  });
}

/** Two charts where there are more methods than colours, fine-tuning alone in both. */
function curves(runs: Runs, victim: string): Html[] {
  const [first, ...others] = idsOf(runs, victim);
  if (!first) return [];
  const parts = [others.slice(0, 5), others.slice(5)].filter(({ length }) => length > 0);
  return parts.map((methods) => curve(runs, victim, [first, ...methods]));
}

function victims(runs: Runs, experiment: string): Html[] {
  return runs.settings.victims
    .filter((id) => experimentOf(id) === experiment && resultsOf(runs, `${id}/victim`).length > 0)
    .map((victim) => {
      const [first] = resultsOf(runs, `${victim}/victim`);
      const found = resultsOf(runs, `${victim}/victim`);
      const mean = (read: (result: PurifyResult) => number | null) =>
        (found.reduce((sum, one) => sum + (read(one) ?? 0), 0) / found.length).toFixed(2);
      return html`<h3>${titles[victim] ?? victim}</h3>
${table(head, rowsOf(runs, victim))}
<p class="meta">ACC: ${first!.rules.ACC}. ASR: ${first!.rules.ASR}. Median |δ|/|w| ${mean(({ medianDrift }) => medianDrift)}; correlation of ln δ² with
ln Ĥ ${mean(({ correlation }) => correlation)}, which the indicator's theory wants clearly above 0.</p>
${curves(runs, victim)}${screensOf(runs, victim)}`;
    });
}

const rule = html`<p class="meta">Every method that has a reserve ratio ρ takes the smallest of the grid at which accuracy on held-out
rows stays within the tolerance of the victim's, else the largest ("missed"). Random masks are three per seed, averaged. Only the first
claim is an ordering; the other columns are for reading. Formulas are reconstructions of Zhang et al. 2023 (arXiv 2305.04547), of which only
the abstract could be read; none of its numbers is shown.</p>`;

type OwnSection = Section<PurifySettings, PurifyResult>;

/** What the report shows besides the claim. */
export const sections: readonly OwnSection[] = [
  ...(Object.entries(experiments) as [keyof typeof experiments, string][]).map(
    ([experiment, title]): OwnSection => ({
      title,
      experiment,
      content: ({ runs }) => victims(runs, experiment),
    }),
  ),
  { title: "How to read this", content: () => rule },
];
