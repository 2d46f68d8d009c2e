import {
  bars,
  curveOf,
  curves,
  type Estimate,
  estimate,
  estimateOf,
  type Html,
  html,
  matrix,
  measure,
  resultsOf,
  type Section,
  table,
} from "@deepgrain/lab";
import { type TextTableOptions, textTable, within } from "@deepgrain/support/pages";
import { accuracy, accuracyOfSum } from "./claims";
import { methodIds } from "./method-ids";
import { gridOf, isTuned, methods, tunedFor } from "./methods";
import { type FederationRuns, fivePoints } from "./points";
import { COMMON_RATE, type FederationSettings } from "./recipe";
import type { Score } from "./score-method";
import { tuned } from "./tuned";
import { type FederationVariant, otherSetups, variantsOf } from "./variants";

/** Accuracies are percentages. */
const SHARE = [0, 100] as const;

/** A mean with its 95 % interval. */
function percent(estimated: Estimate | null): string {
  if (!estimated) return "–";
  const own = estimated.mean.toFixed(1);
  const { interval } = estimated;
  if (!interval) return own;
  const ends = within(interval, SHARE).map((end) => end.toFixed(1));
  return `${own} (${ends.join(" to ")})`;
}

const group = (name: "head" | "middle" | "tail") =>
  measure(name, (score: Score) => 100 * score[name]);

const atRound50 = measure("at round 50", ({ curve }: Score) => {
  const found = curve.find(([round]) => round === 50);
  return found ? 100 * found[1] : null;
});

const columns = [accuracy, group("head"), group("middle"), group("tail"), accuracyOfSum, atRound50];
const head = ["method", "accuracy", "head", "middle", "tail", "W + V", "round 50"];

/** The methods on the study's own split that were run. */
const benchOf = (runs: FederationRuns): FederationVariant[] =>
  variantsOf(runs.settings).filter(({ id, setup }) => !setup && resultsOf(runs, id).length > 0);

const rowsOf = (runs: FederationRuns): string[][] =>
  benchOf(runs).map(({ id, name }) => [
    name,
    ...columns.map((column) => percent(estimateOf(column(id), runs))),
  ]);

/** The methods and the five points as text for a terminal. */
export const comparisonText = (runs: FederationRuns, options: TextTableOptions = {}): string =>
  [
    textTable([head, ...rowsOf(runs)], options),
    ...fivePoints(runs).map((point, i) => `${i + 1}. ${point}`),
  ].join("\n");

const setNames: Readonly<Record<FederationSettings["set"], string>> = {
  "fashion-mnist": "Fashion-MNIST",
  mnist: "MNIST",
  "cifar-10": "CIFAR-10",
};

/** The accuracy of every method. */
export const picture = ({ runs }: { runs: FederationRuns }): Html =>
  bars({
    label: "Accuracy of every method",
    caption: "Dots: means over seeds; lines: 95 % intervals.",
    x: { label: "test pictures classified correctly, %", bounds: SHARE },
    rows: benchOf(runs).map(({ id, name }) => ({
      name,
      values: [estimateOf(accuracy(id), runs)],
    })),
  });

function methodsTable(runs: FederationRuns): Html {
  const { set, largest, ratio, clients, rounds, window } = runs.settings;
  return html`<p>${setNames[set]}: ${largest} pictures in the largest class, ${ratio} times as many as in the smallest, ${clients} clients,
${rounds} rounds. Percent of test pictures classified correctly, mean of the last ${window} rounds over ${runs.seeds.length} seeds. “W + V” is the sum
of both heads.</p>${table(head, rowsOf(runs))}`;
}

function perClass(runs: FederationRuns): Html {
  const all = benchOf(runs);
  const classes = resultsOf(runs, all[0]!.id)[0]!.perClass.map((_, c) => c);
  const meanOf = (id: string, c: number) =>
    estimate(resultsOf(runs, id).map((score) => 100 * score.perClass[c]!)).mean;
  return matrix({
    label: "Test pictures classified correctly in each class, %",
    caption: "Percent, means over seeds. Columns: classes, the largest first.",
    rows: all.map(({ name }) => name),
    columns: classes.map(String),
    max: 100,
    format: (share) => share.toFixed(0),
    values: all.map(({ id }) => classes.map((c) => meanOf(id, c))),
  });
}

const shown = ["fedavg", "logit-adjustment", "creff", "redgrape"] as const;

function learning(runs: FederationRuns): Html {
  const points = ({ curve }: Score) => curve.map(([x, share]) => ({ x, y: 100 * share }));
  return curves({
    label: "Accuracy over rounds",
    caption: "Tested after rounds 10, 20 and 50 and after the last ones; bands are 95 % intervals.",
    x: { label: "round" },
    y: { label: "accuracy, %", bounds: SHARE },
    series: benchOf(runs)
      .filter(({ id }) => shown.some((method) => method === id))
      .map(({ id, name }) => ({ name, points: curveOf(runs, id, points) })),
  });
}

function others(runs: FederationRuns): Html | false {
  const rows = Object.entries(otherSetups).filter(
    ([id]) => resultsOf(runs, `${id}/redgrape`).length > 0,
  );
  return (
    rows.length > 0 &&
    html`<p>IR is the ratio of the largest class to the smallest; class-wise splits deal out each class by itself, the more unevenly
the smaller α. Accuracy as above.</p>${table(
      ["split", ...shown.map((id) => methods[id].name)],
      rows.map(([id, { name }]) => [
        name,
        ...shown.map((method) => percent(estimateOf(accuracy(`${id}/${method}`), runs))),
      ]),
    )}`
  );
}

/** Names of settings as in the terms, or in words. */
const settingNames: Readonly<Record<string, string>> = {
  lr: "clients' rate",
  mu: "μ",
  beta: "β",
  gamma: "γ",
  tau: "τ",
  lambda: "λ",
  dualLr: "step of the weights",
  tolerance: "tolerance",
  distance: "distance to the gradients",
  headLr: "head's rate",
  headEpochs: "head's epochs",
  matchingLr: "rate of the features",
};

const settingText = (settings: object) =>
  Object.entries(settings)
    .map(([name, value]) => `${settingNames[name] ?? name} ${value}`)
    .join(", ");

const tuning = (runs: FederationRuns): Html =>
  html`<p>Each method was tried with its own settings, then, at the best, with other clients' rates than ${COMMON_RATE}: three other seeds, as many
rounds, tested on pictures ${runs.settings.set in tuned ? "" : "of Fashion-MNIST "}set aside from training. The best mean is used, of equals the published setting, the first.</p>${table(
    ["method", "tried", "used"],
    methodIds
      .filter((id) => isTuned(id) && resultsOf(runs, id).length > 0)
      .map((id) => [
        methods[id].name,
        gridOf(id, runs.settings.set).map(settingText).join("; ") || "–",
        settingText(tunedFor(id, runs.settings.set)) || "–",
      ]),
    { text: [1, 2] },
  )}`;

const sources = html`<p class="meta">RedGrape: Yang et al. 2024, Transactions on Machine Learning Research. FedProx: Li et al. 2020. FedAvgM: Hsu
et al. 2019. Fed-Focal: Lin et al. 2017. CReFF: Shang et al. 2022. CLIMB: Shen
et al. 2022. Logit adjustment: Menon et al. 2021. Seeds draw the pictures, their partition, first weights and batches.</p>`;

const points = (runs: FederationRuns): Html | false => {
  const found = fivePoints(runs);
  return found.length > 0 && html`<ol>${found.map((point) => html`<li>${point}</li>`)}</ol>`;
};

/** The report's sections besides the table of claims. */
export const sections: readonly Section<FederationSettings, Score>[] = [
  { title: "Five points", content: ({ runs }) => points(runs) },
  { title: "Methods", content: ({ runs }) => methodsTable(runs) },
  { title: "Class by class", content: ({ runs }) => perClass(runs) },
  { title: "How they learn", content: ({ runs }) => learning(runs) },
  { title: "Other splits", content: ({ runs }) => others(runs) },
  { title: "Settings", content: ({ runs }) => tuning(runs) },
  { title: "Sources", content: () => sources },
];
