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
import { kinds } from "./draw-flow";
import type { ComparisonSettings } from "./recipe";

type Runs = StudyRuns<ComparisonSettings, ComparisonResult>;
type Kind = "anchors" | "control";

const measuresOf = (runs: Runs, id: Kind): AnchorMeasures[] =>
  resultsOf(runs, id).flatMap(({ anchors }) => (anchors ? [anchors] : []));

/** Mean and error over seeds of a number of each result. */
const over = (all: readonly AnchorMeasures[], read: (m: AnchorMeasures) => number): string =>
  all.length === 0 ? "–" : spread(estimate(all.map(read)));

function flowSection(runs: Runs): Html {
  return curves({
    label: "Share of each kind of flow, layer by layer, in the model with anchors",
    caption:
      "Saliency per pair of tokens, as shares of the sum in each layer; bands are one standard error over seeds.",
    x: { label: "layer" },
    y: { label: "share of the flow" },
    series: kinds.map(({ key, name }) => ({
      name,
      hasDots: true,
      points: curveOf(runs, "anchors", ({ anchors }) =>
        anchors!.relative.map((means, x) => ({ x, y: means[key] })),
      ),
    })),
  });
}

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

function isolationSection(runs: Runs): Html {
  const [own, control] = [measuresOf(runs, "anchors"), measuresOf(runs, "control")];
  const rows = own[0]?.isolation ?? [];
  return table(
    ["cut off", "label loyalty", "word loyalty", "label loyalty, control"],
    rows.map(({ target, where, layers }, i) => [
      `${target}, ${where} ${layers}`,
      over(own, (m) => m.isolation[i]!.labelLoyalty),
      over(own, (m) => m.isolation[i]!.wordLoyalty),
      over(control, (m) => m.isolation[i]!.labelLoyalty),
    ]),
  );
}

function compressionSection(runs: Runs): Html {
  const [own, control] = [measuresOf(runs, "anchors"), measuresOf(runs, "control")];
  const rows = own[0]?.compression ?? [];
  return table(
    ["kept", "label loyalty", "word loyalty", "label loyalty, control"],
    rows.map(({ variant, queryPositions }, i) => [
      queryPositions === "restart" ? `${variant}, positions from 0` : variant,
      over(own, (m) => m.compression[i]!.labelLoyalty),
      over(own, (m) => m.compression[i]!.wordLoyalty),
      over(control, (m) => m.compression[i]!.labelLoyalty),
    ]),
  );
}

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
    (all[0]?.diagnosis ?? []).map((_, layer) => [
      String(layer),
      ...keys.map((key) => spread(estimate(all.map((m) => m.diagnosis[layer]![key])))),
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
