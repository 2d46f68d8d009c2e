import {
  bars,
  curveOf,
  curves,
  estimate,
  type Html,
  html,
  resultsOf,
  type Section,
  type StudyRuns,
  table,
} from "@deepgrain/lab";
import { spread } from "@deepgrain/support/pages";
import { targetNames } from "./claims";
import type { AnchorMeasures, ComparisonResult } from "./comparison-result";
import { flowCurves } from "./draw-flow";
import { experiments } from "./introduction";
import type { ComparisonSettings } from "./recipe";

type Runs = StudyRuns<ComparisonSettings, ComparisonResult>;
type Kind = "anchors" | "control";

const measuresOf = (runs: Runs, id: Kind): AnchorMeasures[] =>
  resultsOf(runs, id).flatMap(({ anchors }) => (anchors ? [anchors] : []));

/** Shares. */
const BOUNDS = [0, 1] as const;

/** Mean and 95 % interval over seeds of a share in each result. */
const over = (all: readonly AnchorMeasures[], read: (m: AnchorMeasures) => number): string =>
  all.length === 0 ? "–" : spread(estimate(all.map(read)), BOUNDS);

const flowSection = (runs: Runs): Html =>
  flowCurves((kind) =>
    curveOf(runs, "anchors", ({ anchors }) =>
      anchors!.relative.map((means, x) => ({ x, y: means[kind] })),
    ),
  );

function aucSection(runs: Runs): Html {
  return curves({
    label: "How well attention to the label words predicts the answer",
    caption:
      "AUCROC, the area under the ROC curve, of each layer: mean over seeds with a band over the 95 % interval; one half is chance.",
    x: { label: "layer" },
    y: { label: "AUCROC", bounds: [0, 1] },
    reference: { y: 0.5, name: "chance" },
    series: (["anchors", "control"] as const).map((id) => ({
      name: id,
      hasDots: true,
      points: curveOf(runs, id, ({ anchors }) => anchors!.auc.map((y, x) => ({ x, y }))),
    })),
  });
}

type Row = AnchorMeasures["isolation"][number] & AnchorMeasures["compression"][number];

/** Loyalties of both models, a row for each change to the prompt. */
function loyalties(
  runs: Runs,
  kind: "isolation" | "compression",
  { label, name }: { label: string; name: (row: Row) => string },
): Html {
  const [own, control] = [measuresOf(runs, "anchors"), measuresOf(runs, "control")];
  const estimated = (all: readonly AnchorMeasures[], read: (row: Row) => number) => (i: number) =>
    all.length === 0 ? null : estimate(all.map((m) => read(m[kind][i] as Row)));
  const columns = [
    estimated(own, ({ labelLoyalty }) => labelLoyalty),
    estimated(own, ({ wordLoyalty }) => wordLoyalty),
    estimated(control, ({ labelLoyalty }) => labelLoyalty),
  ];
  return bars({
    label,
    caption: "Dots: means over seeds; lines: 95 % intervals.",
    x: { label: "answers that stay the same, share", domain: BOUNDS, bounds: BOUNDS },
    series: ["label loyalty", "word loyalty", "label loyalty, control"],
    rows: (own[0]?.[kind] ?? []).map((row, i) => ({
      name: name(row as Row),
      values: columns.map((column) => column(i)),
    })),
  });
}

const isolated = (runs: Runs): Html =>
  loyalties(runs, "isolation", {
    label: "Answers that stay the same with tokens cut off",
    name: ({ target, where, layers }) =>
      `${targetNames[target]}, ${where} ${layers === 1 ? "layer" : `${layers} layers`}`,
  });

/** The effect of cutting label words off on the answers, beside random tokens. */
export const picture = ({ runs }: { runs: Runs }): Html | false =>
  runs.experiments.includes("A-2") && isolated(runs);

/** The picture at the top. */
const isolationSection = html`<p>In the first or last layers, the label words, or as many random tokens, can no longer attend to the tokens before
them. The picture at the top shows how many answers stay the same: labels, and the five likeliest words.</p>`;

const compressionSection = (
  runs: Runs,
): Html => html`<p>Of the demonstrations only some tokens are kept, as hidden states of
every layer or as text; the query keeps its place in the prompt unless said otherwise.</p>${loyalties(
  runs,
  "compression",
  {
    label: "Answers that stay the same with few tokens kept",
    name: ({ variant, queryPositions }) =>
      queryPositions === "restart" ? `${variant}, query at position 0` : variant,
  },
)}`;

/** How well both models answer the prompts that they are measured on. */
function controlSection(runs: Runs): Html {
  const [own, control] = (["anchors", "control"] as const).map((id) =>
    over(measuresOf(runs, id), ({ accuracy }) => accuracy),
  );
  return html`<p>The control is meant to read labels without anchors, so the tools should find none there. Its loyalties stand
beside the others in the picture at the top and in A-5. Its accuracy is ${control!}, that of the models with anchors ${own!}: the closer they are, the more the
comparison says.</p>`;
}

function reweightSection(runs: Runs): Html {
  const all = resultsOf(runs, "look-alike").flatMap(({ lookAlike }) => lookAlike ?? []);
  const mean = (read: (m: (typeof all)[0]) => number) =>
    all.length === 0 ? "–" : spread(estimate(all.map(read)));
  return html`<p>Trained factors scale the attention to each label word (re-weighting); the loss falls from ${mean((m) => m.losses[0]!)} in the
first epoch to ${mean((m) => m.losses.at(-1)!)} nats in the last. Beside it are plain prompts.</p>${table(
    ["prompts", "accuracy"],
    [
      ["1 demonstration per class", mean((m) => m.vanilla)],
      ["1 per class, re-weighted", mean((m) => m.reweighted)],
      ["2 demonstrations per class", mean((m) => m.twoShots)],
    ],
  )}`;
}

function diagnosisSection(runs: Runs): Html {
  const all = resultsOf(runs, "look-alike").flatMap(({ lookAlike }) => lookAlike ?? []);
  const keys = ["spearman", "siblings", "all", "actualSiblings", "actualAll"] as const;
  return html`<p>Classes whose label words have close keys should be confused: predicted distances are set against how well answers tell
two classes apart (AUCROC). Rank correlation is Spearman's, over all pairs of classes.</p>${table(
    [
      "layer",
      "rank correlation",
      "predicted distance, siblings",
      "predicted distance, all pairs",
      "AUCROC, siblings",
      "AUCROC, all pairs",
    ],
    (all[0]?.diagnosis ?? []).map(({ layer }, i) => [
      String(layer),
      ...keys.map((key) => spread(estimate(all.map((m) => m.diagnosis[i]![key])))),
    ]),
  )}`;
}

const sources = html`<p class="meta">Wang et al. 2023, Label Words are Anchors (arXiv 2305.14160). The paper measures GPT2-XL and
GPT-J on four text tasks; here every model is trained on made-up topics whose labels are drawn anew for each prompt, so that
orderings can be compared, not numbers.</p>`;

/** Sections of the report besides the claims. */
export const sections: readonly Section<ComparisonSettings, ComparisonResult>[] = [
  { title: experiments["A-1"], experiment: "A-1", content: ({ runs }) => flowSection(runs) },
  { title: experiments["A-2"], experiment: "A-2", content: () => isolationSection },
  { title: experiments["A-3"], experiment: "A-3", content: ({ runs }) => aucSection(runs) },
  { title: experiments["A-4"], experiment: "A-4", content: ({ runs }) => reweightSection(runs) },
  { title: experiments["A-5"], experiment: "A-5", content: ({ runs }) => compressionSection(runs) },
  { title: experiments["A-6"], experiment: "A-6", content: ({ runs }) => diagnosisSection(runs) },
  {
    title: experiments.control,
    experiment: "control",
    content: ({ runs }) => controlSection(runs),
  },
  { title: "Sources", content: () => sources },
];
