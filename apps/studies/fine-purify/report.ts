import { encoderDefences } from "@deepgrain/fine-purify/encoders";
import {
  curveOf,
  estimateOf,
  type Html,
  html,
  type Judgement,
  measure,
  pairedDifference,
  primariesOf,
  type Quantity,
  resultsOf,
  type Section,
  type SectionInput,
  type StudyRuns,
  scatter,
  seriesColor,
  table,
  valuesOf,
} from "@deepgrain/lab";
import { within } from "@deepgrain/support/pages";
import { meanOf } from "../shared/means";
import { listed, outcomeNote } from "../shared/outcome-text";
import { acc, asr } from "./claims";
import { experiments } from "./introduction";
import { methodName, shortName, victimName } from "./names";
import type { PurifySettings } from "./recipe";
import type { PurifyResult } from "./results";
import { screens } from "./screen-victim";
import { victimOf } from "./tasks";
import { experimentOf } from "./variants";

type Runs = StudyRuns<PurifySettings, PurifyResult>;

const percent = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : (100 * value).toFixed(1).replace("-", "−");

/** Mean and 95 % interval over seeds, in percent. */
function spread(quantity: Quantity<PurifyResult>, runs: Runs): string {
  const found = estimateOf(quantity, runs);
  if (found === null) return "–";
  const { mean, interval } = found;
  const ends = interval && within(interval, [0, 1]).map(percent);
  return `${percent(mean)}${ends ? ` (${ends.join(" to ")})` : ""}`;
}

/** Up to which share of rows an attack counts as gone, and from which as whole. */
const [GONE, WHOLE] = [0.1, 0.9];

/**
 * Attack success in percent: mean and interval; where it is whole at some seeds and gone at the others, the means of both kinds with their
 * numbers of seeds, as the mean of all is that of no seed.
 */
export function successText(quantity: Quantity<PurifyResult>, runs: Runs): string {
  const values = [...valuesOf(quantity, runs).values()];
  const kinds = [values.filter((x) => x >= WHOLE), values.filter((x) => x <= GONE)];
  const [whole, gone] = kinds.map((own) => ({ seeds: own.length, mean: meanOf(own) }));
  const isBimodal =
    Math.min(whole!.seeds, gone!.seeds) > 1 && whole!.seeds + gone!.seeds === values.length;
  if (!isBimodal) return spread(quantity, runs);
  return `bimodal: ${percent(whole!.mean)} at ${whole!.seeds} seeds, ${percent(gone!.mean)} at ${gone!.seeds}`;
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
  const range = interval ? ` (${within(interval, [-1, 1]).map(percent).join(" to ")})` : "";
  return `${percent(mean)}${range}`;
}

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
      successText(asr(`${victim}/${id}`), runs),
      id === "victim" ? "–" : lead(runs, victim, id),
      missed > 0 ? `${rho} (${missed} missed)` : rho,
    ];
  };
  return [row("victim", "victim"), ...idsOf(runs, victim).map(({ id }) => row(id, methodName(id)))];
}

export const head = [...["method", "ACC, %", "ASR, %", "ASR below random masks, points", "mean ρ"]];

const frr = measure("clean refused", ({ frr: value }: PurifyResult) => value);
const far = measure("triggered accepted", ({ far: value }: PurifyResult) => value);

/** A rule with the number of its rows: "all clean test rows (n = 800)". */
const sized = (rule = ""): string => rule.replace(/, (\d+)$/, " (n = $1)");

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
      return `${name}: ACC on ${sized(ACC)}, ASR on ${sized(ASR)}`;
    })
    .join(". ");
  return html`${table(["at inference time", "ACC, %", "ASR, %", "clean refused, %", "triggered accepted, %"], body)}
<p class="meta">Refused rows count as wrong, and as no success of the attack. ONION, which asks a language model about every word, sees the first rows alone. ${rules}.</p>`;
}

/** Methods that choose weights one by one, in the order of colours; all others are in a chart of their own. */
const masks = ["random", "delta2", "fisher", "r-init", "r-finetuned", "soft"];

/** The colour of a method in all charts. */
function colorOf(id: string): string {
  const others = encoderDefences.map((own) => own.id).filter((own) => !masks.includes(own));
  if (id === "fine-tuning") return "var(--text)";
  return seriesColor(masks.includes(id) ? masks.indexOf(id) : others.indexOf(id));
}

/** How much less accuracy than the best is shown, in points. */
const NEAR = 12;

/** The least attack success that a logarithmic axis shows, in percent. */
const LEAST = 1;

/**
 * ASR over ACC of some methods and of fine-tuning alone, which lies on top: a line per method with its name at its end, its
 * reserve ratios at the points. Points of much less accuracy than the best are left to the numbers.
 * @param what names the methods
 */
function curve(runs: Runs, victim: string, what: string, methods: readonly string[]): Html {
  const groups = [...methods, "fine-tuning"].flatMap((id) => {
    const values = (key: "asr" | "acc") =>
      curveOf(runs, `${victim}/${id}`, ({ tried }) =>
        tried.map((one) => ({ x: one.rho, y: 100 * one[key]! })),
      );
    const [hits, rates] = [values("acc"), values("asr")];
    const hasRho = rates.length > 1;
    const points = rates.map((y, i) => ({
      x: hits[i]!.mean,
      y: Math.max(LEAST, y.mean),
      label: hasRho ? `ρ ${Number(y.x.toFixed(3))}` : "",
    }));
    const name = methodName(id);
    const own = { name, endLabel: shortName(id), color: colorOf(id), points, isLinked: true };
    return points.length > 0 ? own : [];
  });
  const best = Math.max(...groups.flatMap(({ points }) => points.map(({ x }) => x)));
  const left = Math.floor(best - NEAR);
  const isFar = groups.some(({ points }) => points.some(({ x }) => x < left));
  return scatter({
    label: `ASR over ACC against ${victimName(victim)}: ${what}`,
    caption: `${what}. Lower right is better. A point per reserve ratio ρ, where a method has one, after fine-tuning; means over seeds; success of less than ${LEAST} % is drawn there.${isFar ? ` Points below ${left} % accuracy stand in the numbers alone.` : ""}`,
    x: { label: "ACC, accuracy on clean rows, %", domain: [left, Math.min(100, best + 1)] },
    y: { label: "ASR, attack success, %", isLog: true },
    groups,
  });
}

/** A chart of masks and one of other methods, fine-tuning alone in both. */
function curves(runs: Runs, victim: string): { masks: Html | false; others: Html | false } {
  const ids = idsOf(runs, victim).flatMap(({ id }) => (id === "fine-tuning" ? [] : id));
  const of = (what: string, methods: readonly string[]) =>
    methods.length > 0 && curve(runs, victim, what, methods);
  return {
    masks: of(
      "Masks that reset single weights",
      ids.filter((id) => masks.includes(id)),
    ),
    others: of(
      "Other ways to clean the weights",
      ids.filter((id) => !masks.includes(id)),
    ),
  };
}

/** The victim of the claims, or the first that was attacked. */
const mainVictim = (runs: Runs): string | undefined =>
  runs.settings.victims.find((id) => resultsOf(runs, `${id}/victim`).length > 0);

/** Attack success over accuracy of masks, against the first victim. */
export function picture({ runs }: { runs: Runs }): Html | false {
  const victim = mainVictim(runs);
  if (victim === undefined) return false;
  const { masks: first, others } = curves(runs, victim);
  return first || others;
}

function attacked(runs: Runs, victim: string): Html {
  const found = resultsOf(runs, `${victim}/victim`);
  const { ACC, ASR } = found[0]!.rules;
  const mean = (read: (result: PurifyResult) => number | null) =>
    (found.reduce((sum, one) => sum + (read(one) ?? 0), 0) / found.length)
      .toFixed(2)
      .replace("-", "−");
  const shown = curves(runs, victim);
  const control = estimateOf(
    measure("control", (result: PurifyResult) => result.control)(`${victim}/victim`),
    runs,
  );
  const other = `Other words in the trigger's place get the attacker's label in ${percent(control?.mean)} % of those rows. `;
  const unused = "how often the trigger, which it never saw, happens to lead to the target";
  return html`${table(head, rowsOf(runs, victim))}
<p class="meta">ACC: ${sized(ACC)}. ASR: ${victimOf(victim).trigger === "none" && `${unused}; `}${sized(ASR)}. ${control !== null && other}Median |δ|/|w|
${mean(({ medianDrift }) => medianDrift)}; correlation of ln δ² with ln Ĥ ${mean(({ correlation }) => correlation)}, which should be
clearly above 0 for δ²/Ĥ to tell poisoned weights from others.</p>
${victim === mainVictim(runs) ? shown.others : [shown.masks, shown.others]}${screensOf(runs, victim)}`;
}

function victims(runs: Runs, experiment: string): Html[] {
  const ids = runs.settings.victims.filter(
    (id) => experimentOf(id) === experiment && resultsOf(runs, `${id}/victim`).length > 0,
  );
  return ids.map((id) => {
    const name = victimName(id);
    const heading =
      ids.length > 1 && html`<h3>${name.charAt(0).toUpperCase() + name.slice(1)}</h3>`;
    return html`${heading}${attacked(runs, id)}`;
  });
}

function rule({ settings: { grid, tolerance } }: Runs, { claims }: Judgement): Html {
  const scopes = [...new Set(primariesOf({ claims }).map(({ scope }) => `“${scope}”`))];
  const tested =
    scopes.length > 0
      ? `Fine-purifying is tested on ${listed(scopes)} alone. All else is shown with intervals.`
      : "No comparison is tested here; intervals are shown.";
  return html`<p class="meta">Every method that has a reserve ratio ρ takes the smallest of ${grid.join(", ")} at which accuracy on
held-out rows stays within ${(100 * tolerance).toFixed(0)} points of the victim's. Where none does, it takes the largest, and the run
counts as missed. Random masks are three per seed, averaged. ${tested} Formulas are reconstructions of Zhang et al. 2023 (arXiv
2305.04547), of which only the abstract could be read; none of its numbers is shown.</p>`;
}

/** The result in a sentence: what Fine-purifying leaves of the attack, and what of the accuracy. */
export function finding({ runs, judgement }: SectionInput<PurifySettings, PurifyResult>): string {
  const victim = mainVictim(runs);
  if (victim === undefined) return "No victim has been attacked yet.";
  const of = (quantity: typeof acc, id: string) =>
    estimateOf(quantity(`${victim}/${id}`), runs)?.mean;
  const [before, after, left] = [of(acc, "victim"), of(acc, "r-init"), of(asr, "r-init")];
  const name = victimName(victim);
  if (left === undefined)
    return `Against the victim “${name}”, the attack succeeds on ${percent(of(asr, "victim"))} % of the triggered rows.`;
  const claim = judgement.claims.find(({ higher }) => higher.subject === methodName("fine-tuning"));
  return `Against “${name}”, Fine-purifying leaves the attack ${percent(left)} % success${outcomeNote(claim)} and takes accuracy from ${percent(before)} to ${percent(after)} %.`;
}

type OwnSection = Section<PurifySettings, PurifyResult>;

/** Sections of the report besides the claim. */
export const sections: readonly OwnSection[] = [
  { title: "How to read this", content: ({ runs, judgement }) => rule(runs, judgement) },
  ...(Object.entries(experiments) as [keyof typeof experiments, string][]).map(
    ([experiment, title]): OwnSection => ({
      title,
      experiment,
      content: ({ runs }) => victims(runs, experiment),
    }),
  ),
];
