import {
  curveOf,
  curves,
  estimate,
  type Html,
  html,
  resultsOf,
  type Section,
  type StudyRuns,
  spread,
  table,
} from "@deepgrain/lab";
import type { AnchorMeasures, ComparisonResult } from "./comparison-result";
import { flowCurves } from "./draw-flow";
import type { ComparisonSettings } from "./recipe";

type Runs = StudyRuns<ComparisonSettings, ComparisonResult>;
type Kind = "anchors" | "control";

const measuresOf = (runs: Runs, id: Kind): AnchorMeasures[] =>
  resultsOf(runs, id).flatMap(({ anchors }) => (anchors ? [anchors] : []));

/** Mean and error over seeds of a number of each result. */
const over = (all: readonly AnchorMeasures[], read: (m: AnchorMeasures) => number): string =>
  all.length === 0 ? "–" : spread(estimate(all.map(read)));

const flowSection = (runs: Runs): Html =>
  flowCurves((kind) =>
    curveOf(runs, "anchors", ({ anchors }) =>
      anchors!.relative.map((means, x) => ({ x, y: means[kind] })),
    ),
  );

function aucSection(runs: Runs): Html {
  return curves({
    label: "How well attention to the label words predicts the answer",
    caption: "AUCROC of each layer; one half is chance.",
    x: { label: "layer" },
    y: { label: "AUCROC" },
    reference: { y: 0.5, name: "chance" },
    series: (["anchors", "control"] as const).map((id) => ({
      name: id,
      hasDots: true,
      points: curveOf(runs, id, ({ anchors }) => anchors!.auc.map((y, x) => ({ x, y }))),
    })),
  });
}

/** Loyalties of both models, row by row. */
function loyalties(
  runs: Runs,
  kind: "isolation" | "compression",
  name: (
    row: AnchorMeasures["isolation"][number] & AnchorMeasures["compression"][number],
  ) => string,
): Html {
  const [own, control] = [measuresOf(runs, "anchors"), measuresOf(runs, "control")];
  return table(
    ["", "label loyalty", "word loyalty", "label loyalty, control"],
    (own[0]?.[kind] ?? []).map((row, i) => [
      name(row as never),
      over(own, (m) => m[kind][i]!.labelLoyalty),
      over(own, (m) => m[kind][i]!.wordLoyalty),
      over(control, (m) => m[kind][i]!.labelLoyalty),
    ]),
  );
}

const isolationSection = (runs: Runs): Html =>
  loyalties(runs, "isolation", ({ target, where, layers }) => `${target}, ${where} ${layers}`);

const compressionSection = (runs: Runs): Html =>
  loyalties(runs, "compression", ({ variant, queryPositions }) =>
    queryPositions === "restart" ? `${variant}, positions from 0` : variant,
  );

function reweightSection(runs: Runs): Html {
  const all = resultsOf(runs, "look-alike").flatMap(({ lookAlike }) => lookAlike ?? []);
  const mean = (read: (m: (typeof all)[0]) => number) =>
    all.length === 0 ? "–" : spread(estimate(all.map(read)));
  return table(
    ["", "accuracy"],
    [
      ["1 demonstration per class", mean((m) => m.vanilla)],
      ["2 demonstrations per class", mean((m) => m.twoShots)],
      ["re-weighted", mean((m) => m.reweighted)],
      ["training loss, first epoch", mean((m) => m.losses[0]!)],
      ["training loss, last epoch", mean((m) => m.losses.at(-1)!)],
    ],
  );
}

function diagnosisSection(runs: Runs): Html {
  const all = resultsOf(runs, "look-alike").flatMap(({ lookAlike }) => lookAlike ?? []);
  const keys = ["spearman", "siblings", "all", "actualSiblings", "actualAll"] as const;
  return table(
    [
      "layer",
      "Spearman",
      "distance, siblings",
      "all pairs",
      "told apart (AUC), siblings",
      "all pairs",
    ],
    (all[0]?.diagnosis ?? []).map(({ layer }, i) => [
      String(layer),
      ...keys.map((key) => spread(estimate(all.map((m) => m.diagnosis[i]![key])))),
    ]),
  );
}

const sources = html`<p class="meta">Wang et al. 2023, Label Words are Anchors (arXiv 2305.14160). The paper measures GPT2-XL and
GPT-J on four text tasks; here every model is trained on made-up topics whose labels are drawn anew for each prompt, so that
orderings can be compared, not numbers. The control reaches the same accuracy without anchors: there the tools must not find
them.</p>`;

/** What the report shows beside the claims. */
export const sections: readonly Section<ComparisonSettings, ComparisonResult>[] = [
  { title: "Flow", experiment: "A-1", content: ({ runs }) => flowSection(runs) },
  { title: "Isolation", experiment: "A-2", content: ({ runs }) => isolationSection(runs) },
  { title: "Attention", experiment: "A-3", content: ({ runs }) => aucSection(runs) },
  { title: "Re-weighting", experiment: "A-4", content: ({ runs }) => reweightSection(runs) },
  { title: "Compression", experiment: "A-5", content: ({ runs }) => compressionSection(runs) },
  { title: "Error diagnosis", experiment: "A-6", content: ({ runs }) => diagnosisSection(runs) },
  { title: "The control", experiment: "control", content: () => html`` },
  { title: "Sources", content: () => sources },
];
