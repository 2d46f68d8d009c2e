import {
  bars,
  curveOf,
  curves,
  estimate,
  type Html,
  html,
  matrix,
  resultsOf,
  type Section,
  type StudyRuns,
  table,
} from "@deepgrain/lab";
import { spread } from "@deepgrain/support/pages";
import { meanOf } from "../shared/means";
import { type Extension, extensions } from "./extend";
import { type FimArm, fimArms, orders } from "./fim";
import { type RewardArm, rewards } from "./grpo";
import { experiments } from "./introduction";
import { armNames, arms } from "./pretrain";
import type { CoderSettings } from "./recipe";
import type { CoderResult } from "./results";

type Runs = StudyRuns<CoderSettings, CoderResult>;

/** The ends of shares in percent. */
const SHARE = [0, 100] as const;

/** Shares in percent, with their interval. */
const percents = (shares: readonly number[]) =>
  shares.length === 0 ? "–" : spread(estimate(shares.map((share) => 100 * share)), SHARE);

const over = (values: readonly number[]) => (values.length === 0 ? "–" : spread(estimate(values)));

function pretrainSection(runs: Runs): Html | false {
  const all = (["base", ...arms] as const).map(
    (arm) =>
      [
        armNames[arm],
        resultsOf(runs, `pretrain-${arm}`).flatMap(({ pretrain }) => pretrain ?? []),
      ] as const,
  );
  const [, base] = all[0]!;
  if (base.length === 0) return false;
  const languages = Object.keys(base[0]!.byLanguage);
  const kinds = ["code", "math", "prose"] as const;
  return html`${table(
    ["held-out bits per byte", "code", "mathematics", "prose"],
    all.map(([name, own]) => [name, ...kinds.map((kind) => over(own.map((one) => one[kind])))]),
  )}${table(
    ["by language", ...all.map(([name]) => name)],
    languages.map((language) => [
      language,
      ...all.map(([, own]) => over(own.flatMap(({ byLanguage }) => byLanguage[language] ?? []))),
    ]),
  )}<p>Corpora: Moby Dick and State of the Union addresses; sources of RxJS (TypeScript) and node-gyp (JavaScript, Python); word
problems with solutions. C++, C#, JSON and Markdown of node-gyp are measured, never trained on. From 86 to 338 languages nothing more
can be asked here: which languages the paper's corpus holds is in <code>@deepgrain/coder/languages</code>, evaluators run on those that have a runner.</p>`;
}

function fimSection(runs: Runs): Html | false {
  const rows = (Object.keys(fimArms) as FimArm[]).flatMap((id) => {
    const own = resultsOf(runs, id).flatMap(({ fim }) => fim ?? []);
    if (own.length === 0) return [];
    return [
      [
        fimArms[id].name,
        over(own.map(({ leftToRight }) => leftToRight)),
        percents(own.map(({ exact }) => exact)),
        over(own.map(({ middle }) => middle)),
      ],
    ];
  });
  if (rows.length === 0) return false;
  const ordered = orders.map((order) => {
    const own = resultsOf(runs, `order-${order}`).flatMap(({ order: found }) => found ?? []);
    return [order, over(own.map(({ symbols }) => symbols))];
  });
  return html`${table(
    ["middles", "left to right, bits per byte", "lines exact, %", "loss of the line, nats"],
    rows,
  )}${table(["order of files", "loss of other files' names, nats"], ordered)}<p>Files are cut between lines into pieces that fit the
context before middles are moved, as comments of the authors say. Held-out files stand behind a file that they import; what is
measured are that file's names.</p>`;
}

function extendSection(runs: Runs): Html | false {
  const ids = (Object.keys(extensions) as Extension[]).filter(
    (id) => resultsOf(runs, id).length > 0,
  );
  if (ids.length === 0) return false;
  const { lengths, depths } = runs.settings;
  const ofId = (id: Extension) => resultsOf(runs, id).flatMap(({ extend }) => extend ?? []);
  const base = resultsOf(runs, "recall-base").flatMap(({ recall }) => recall?.recall ?? []);
  const columns = lengths.flatMap((length) => depths.map((depth) => ({ length, depth })));
  const cell = (id: Extension, length: number, depth: number) =>
    100 *
    (meanOf(
      ofId(id).flatMap(({ recall }) =>
        recall
          .filter((one) => one.length === length && one.depth === depth)
          .map(({ share }) => share),
      ),
    ) ?? 0);
  return html`${matrix({
    label: "Needles recalled, %",
    caption: "By length of the text, and depth of the needle in percent.",
    rows: ids.map((id) => extensions[id]),
    columns: columns.map(({ length, depth }) => `${length}, ${depth} %`),
    values: ids.map((id) => columns.map(({ length, depth }) => cell(id, length, depth))),
    format: (value) => value.toFixed(0),
    max: 100,
  })}${curves({
    label: "Loss by position",
    caption: "Held-out texts, mean over seeds.",
    x: { label: "position" },
    y: { label: "nats per token" },
    series: ids.map((id) => ({
      name: extensions[id],
      points: curveOf(runs, id, ({ extend }) =>
        (extend?.byPosition ?? []).map(({ from, loss }) => ({ x: from, y: loss })),
      ),
    })),
  })}<p>Before, the model recalls ${percents(base)} % of needles within its ${lengths[0]} tokens. It has learnt
mostly the entries that it is asked for, first in texts of a quarter of that length.</p>`;
}

/** The policies that were measured: before training, and after training by each reward. */
const policiesOf = (runs: Runs) =>
  [
    ["before", "policy-base"] as const,
    ...(Object.keys(rewards) as RewardArm[]).map((arm) => [rewards[arm], `policy-${arm}`] as const),
  ].flatMap(([name, id]) => {
    const own = resultsOf(runs, id).flatMap(({ policy }) => policy ?? []);
    return own.length > 0 ? [{ name, id, own }] : [];
  });

/** Which programs are right before training and after each reward. */
export function picture({ runs }: { runs: Runs }): Html | false {
  const all = policiesOf(runs);
  return (
    all.length > 0 &&
    bars({
      label: "Held-out functions that the first program solves",
      caption:
        "pass@1 before training, and after training by each reward. Dots: means over seeds; lines: 95 % intervals.",
      x: { label: "pass@1, %", bounds: SHARE },
      rows: all.map(({ name, own }) => ({
        name,
        values: [estimate(own.map(({ passAt1 }) => 100 * passAt1))],
      })),
    })
  );
}

function grpoSection(runs: Runs): Html | false {
  const all = policiesOf(runs);
  if (all.length === 0) return false;
  const rows = all.map(({ name, own }) => [
    name,
    percents(own.map(({ passAt1 }) => passAt1)),
    percents(own.map(({ passAny }) => passAny)),
    over(own.flatMap(({ curve }) => curve.at(-1)?.reward ?? [])),
  ]);
  const series = all.slice(1).map(({ name, id }) => ({
    name,
    hasDots: true,
    points: curveOf(runs, id, ({ policy }) =>
      (policy?.curve ?? []).map(({ step, passAt1 }) => ({ x: step, y: passAt1 })),
    ),
  }));
  return html`${table(
    ["reward", "pass@1, %", "any of the samples, %", "its own reward at the end"],
    rows,
  )}${curves({
    label: "Held-out pass@1 during training",
    x: { label: "step" },
    y: { label: "pass@1", isPercent: true },
    series,
  })}<p>Functions over arrays; the policy learnt from code in which numbers are sorted as texts, odd numbers are those whose remainder is 1,
and sums have no start, in 70 % of the cases. The weak test is one array that most of these mistakes pass. One reward model is trained
once on full verdicts of answers to other functions, the other again every few rounds on new answers, with a tenth of old ones.</p>`;
}

const sources = html`<p class="meta">DeepSeek-AI 2024, DeepSeek-Coder-V2 (arXiv 2406.11931); Guo et al. 2024, DeepSeek-Coder (arXiv 2401.14196); Shao et
al. 2024, DeepSeekMath (arXiv 2402.03300). The paper's models have 16 and 236 billion parameters; here they have up to a million, so
orderings can be compared, not numbers. That the models come up to closed ones cannot be asked without the released weights:
<code>deepgrain coder evaluate</code> runs the benchmarks on them. Not built: web recall, SWE-bench, Aider, Defects4J, USACO, LiveCodeBench, RepoBench,
CRUXEval; architectures against one another (D-2), filters on a noisy corpus (D-5), GRPO's sweeps (D-8), process supervision (D-9) and
restricted groups (D-10).</p>`;

/** The report's sections beside the claims. */
export const sections: readonly Section<CoderSettings, CoderResult>[] = [
  {
    title: experiments.pretrain,
    experiment: "pretrain",
    content: ({ runs }) => pretrainSection(runs),
  },
  { title: experiments.fim, experiment: "fim", content: ({ runs }) => fimSection(runs) },
  { title: experiments.extend, experiment: "extend", content: ({ runs }) => extendSection(runs) },
  { title: experiments.grpo, experiment: "grpo", content: ({ runs }) => grpoSection(runs) },
  { title: "Sources", content: () => sources },
];

/** A line for terminals. */
export function summaryText(runs: Runs): string {
  const shares = (["base", ...Object.keys(rewards)] as const).flatMap((arm) => {
    const own = resultsOf(runs, `policy-${arm}`).flatMap(({ policy }) => policy ?? []);
    const name = arm === "base" ? "before" : rewards[arm as RewardArm];
    if (own.length === 0) return [];
    return [`${name} ${(100 * meanOf(own.map(({ passAt1 }) => passAt1))!).toFixed(1)} %`];
  });
  return shares.length === 0 ? "" : `pass@1: ${shares.join(", ")}`;
}
