import {
  bars,
  curveOf,
  curves,
  estimateOf,
  type Html,
  html,
  type Quantity as LabQuantity,
  pairedDifference,
  resultsOf,
  type Section,
  type StudyRuns,
  scatter,
  table,
  valuesOf,
} from "@deepgrain/lab";
import { spread, whole } from "@deepgrain/support/pages";
import { percent } from "../shared/numbers";
import { loss, maxVio, specialisation, withFewer } from "./claims";
import { type ComparisonSettings, rateOf } from "./recipe";
import type { TrainingResult } from "./training-result";
import { DEVICES, nameOf, type Variant, variants } from "./variants";

type Runs = StudyRuns<ComparisonSettings, TrainingResult>;
type Quantity = LabQuantity<TrainingResult, ComparisonSettings>;

const LOSS = { label: "loss, nats per token" };

/** The variants that were trained. */
const trained = (runs: Runs): readonly Variant[] =>
  variants.filter(({ id }) => resultsOf(runs, id).length > 0);

function row(runs: Runs, { id, name, paperLoss }: Variant): string[] {
  const { parameters, activated, flops } = resultsOf(runs, id)[0]!;
  const violation = estimateOf(maxVio(id), runs);
  return [
    name,
    spread(estimateOf(loss(id), runs)!),
    violation ? spread(violation) : "–",
    paperLoss === undefined ? "–" : paperLoss.toFixed(3),
    whole(parameters),
    whole(activated),
    (flops / 1e6).toFixed(0),
    String(rateOf(id, runs.settings)),
  ];
}

/** Held-out losses, a row per variant. */
const lossBars = (runs: Runs, shown: readonly Variant[], caption: string): Html =>
  bars({
    label: "Held-out loss",
    caption: `Dots: means over seeds; lines: 95 % intervals. ${caption}`,
    x: LOSS,
    rows: shown.map(({ id, name }) => ({ name, values: [estimateOf(loss(id), runs)] })),
  });

/** The variants that the abstract speaks of. */
const main = ["dense", "hash", "switch", "gshard", "deepseek-moe", "gshard-1.5", "dense-all"];

/** The losses of the variants that the abstract speaks of. */
export const picture = ({ runs }: { runs: Runs }): Html | false => {
  const shown = trained(runs).filter(({ id }) => main.includes(id));
  return shown.length > 0 && lossBars(runs, shown, "Lower is better.");
};

function losses(runs: Runs): Html {
  const { hiddenSize, layers, experts, steps, batch, length } = runs.settings;
  const all = trained(runs);
  const head = [
    "method",
    "loss, nats per token",
    "MaxVio",
    "Pile loss, paper",
    "parameters",
    "activated",
    "MFLOP per sequence",
    "peak rate",
  ];
  return html`<p>Decoders of width ${hiddenSize} with ${layers} layers and ${experts} standard experts, each trained on
${whole(steps * batch * length)} tokens.</p>${table(
    head,
    all.map((variant) => row(runs, variant)),
  )}${lossBars(
    runs,
    all,
    "The paper's losses, in the table, are those of 2B models on the Pile, in nats per token of an 8K vocabulary: only their order and differences can be compared.",
  )}`;
}

const methods = ["dense", "hash", "switch", "gshard", "deepseek-moe"];

function learning(runs: Runs): Html {
  // The first steps fall so far that they would hide the differences.
  const from = runs.settings.steps / 5;
  const points = ({ curve }: TrainingResult) =>
    curve.filter(({ step }) => step >= from).map(({ step, loss: y }) => ({ x: step, y }));
  return curves({
    label: "Held-out loss over training steps",
    caption: "After the first fifth of the steps; bands are 95 % intervals.",
    x: { label: "training step" },
    y: LOSS,
    series: methods.map((id) => ({ name: nameOf(id), points: curveOf(runs, id, points) })),
  });
}

/** How much of the way from GShard to the dense upper bound DeepSeekMoE goes, of the mean losses. */
export function gapClosed(runs: Runs): { share: number; hasGap: boolean; paper: number } | null {
  const [own, all, gshard] = ["deepseek-moe", "dense-all", "gshard"].map((id) =>
    valuesOf(loss(id), runs),
  );
  const seeds = runs.seeds.filter((seed) => [own, all, gshard].every((of) => of!.has(seed)));
  if (seeds.length === 0) return null;
  const at = (values: ReadonlyMap<number, number> | undefined) =>
    seeds.map((seed) => values!.get(seed)!);
  const way = pairedDifference(at(all), at(gshard));
  const gone = pairedDifference(at(own), at(gshard));
  return {
    share: gone.mean / way.mean,
    // Whether Dense×N is resolved to be below GShard; otherwise the share is undefined.
    hasGap: way.interval !== null && way.interval[0] > 0,
    paper: (1.867 - 1.808) / (1.867 - 1.806),
  };
}

function upperBound(runs: Runs): Html | false {
  const gap = gapClosed(runs);
  return (
    gap !== null &&
    html`<p>In the paper DeepSeekMoE goes ${percent(gap.paper)} of the way from GShard's loss to that of Dense×N. ${
      gap.hasGap
        ? `Here it goes ${percent(gap.share)}.`
        : "Here Dense×N's loss is not shown to be below GShard's, so the share is undefined."
    }</p>`
  );
}

function disabling(runs: Runs): Html {
  const points = ({ disabled }: TrainingResult) =>
    disabled.map(({ sixteenths, loss: y }) => ({ x: sixteenths, y }));
  return curves({
    label: "Loss with the best experts disabled",
    caption:
      "Each token loses its highest-scoring routed experts and chooses among the rest; shared experts stay. A steeper curve means less redundant experts. A layer of few experts has points only where the share comes to a whole expert.",
    x: { label: "sixteenths of the routed experts disabled" },
    y: LOSS,
    series: ["deepseek-moe", "gshard-1.5"].map((id) => ({
      name: nameOf(id),
      points: curveOf(runs, id, points),
      hasDots: true,
    })),
  });
}

/** Estimates as points of a curve. */
const pointsOf = (runs: Runs, quantities: readonly (readonly [x: number, of: Quantity])[]) =>
  quantities.flatMap(([x, of]) => {
    const y = estimateOf(of, runs);
    return y ? [{ x, y }] : [];
  });

function fewerActive(runs: Runs): Html {
  const active = [3, 4, 5, 6].map((topK) => [topK, withFewer(topK)("deepseek-moe")] as const);
  const own = pointsOf(runs, [...active, [7, loss("deepseek-moe")]]);
  const gshard = pointsOf(
    runs,
    [3, 7].map((x) => [x, loss("gshard")] as const),
  );
  return curves({
    label: "Loss with fewer routed experts active",
    caption: "The model was trained with 7; GShard has as many parameters.",
    x: { label: "routed experts that a token passes" },
    y: LOSS,
    series: [
      { name: nameOf("deepseek-moe"), points: own, hasDots: true },
      { name: nameOf("gshard"), points: gshard },
    ],
  });
}

function limited(runs: Runs): Html {
  const devices = Array.from({ length: DEVICES }, (_, i) => i + 1);
  return curves({
    label: "Loss by the number of devices that a token may use",
    caption: `The routed experts, one more than DeepSeekMoE's, lie on ${DEVICES} devices; a token uses those with its best experts.`,
    x: { label: "devices of a token" },
    y: LOSS,
    series: [
      {
        name: "device-limited",
        hasDots: true,
        points: pointsOf(
          runs,
          devices.map((kept) => [kept, loss(`devices-${kept}`)] as const),
        ),
      },
    ],
  });
}

function domainUse(runs: Runs): Html {
  const measured = trained(runs).filter(({ hasDomainLoads }) => hasDomainLoads);
  const body = measured.map(({ id, name }) => {
    const values = [loss(id), maxVio(id), specialisation(id)].map((of) => estimateOf(of, runs));
    return [
      id === "deepseek-moe" ? "balance per batch" : name,
      ...values.map((value) => (value ? spread(value) : "–")),
    ];
  });
  return html`${table(["balanced by", "loss", "MaxVio", "specialisation"], body)}<p class="meta">Specialisation is half the sum of the
differences between a domain's expert loads and the mean of the domains: 0 if all use the experts alike.</p>`;
}

/** α 1e-3, γ 1e-3, u 1e-3 */
const shortName = (id: string): string =>
  nameOf(id)
    .replace(/^bias /, "")
    .replace(/,.*/, "");

function balance(runs: Runs): Html {
  const ids = trained(runs).map(({ id }) => id);
  const point = (id: string) => ({
    x: estimateOf(maxVio(id), runs),
    y: estimateOf(loss(id), runs),
    label: id === "deepseek-moe" ? `α ${runs.settings.alpha}` : shortName(id),
  });
  const startingWith = (start: string) => ids.filter((id) => id.startsWith(start));
  const alphas = ids.filter((id) => id.startsWith("alpha") || id === "deepseek-moe");
  return scatter({
    label: "Loss against imbalance of the experts",
    caption: "Lines are 95 % intervals. Further left is more even; lower is better.",
    x: { label: "MaxVio over the held-out text" },
    y: LOSS,
    groups: [
      { name: "balance loss, weight α", points: alphas.map(point), isLinked: true },
      { name: "bias, fixed steps γ", points: startingWith("bias-sign").map(point) },
      {
        name: "bias, proportional steps u",
        points: startingWith("bias-proportional").map(point),
      },
    ].filter(({ points }) => points.length > 0),
  });
}

/** Sources of what some experiments show. */
const others = {
  "A-10": "; the bias: Wang et al. 2024 (arXiv 2408.15664)",
  "A-11": "; devices: DeepSeek-V2 (2024, arXiv 2405.04434)",
  "A-12": "; balance per sequence: DeepSeek-V3 (2024, arXiv 2412.19437)",
};

const sources = ({ experiments }: Runs): Html => {
  const shown = Object.entries(others).filter(([id]) => experiments.includes(id));
  return html`<p class="meta">DeepSeekMoE (Dai et al. 2024, arXiv 2401.06066)${shown.map(([, text]) => text)}. Text: State of the
Union addresses, Moby Dick, RxJS, node-gyp (JavaScript, Python), SPDX licences, WordNet's glosses, the CMU pronouncing dictionary, messages of the
TypeScript compiler in German. Where the paper has only a plot, its numbers were read off it, to ±0.05. Seeds draw weights and order of the
text; the held-out text is the same for all.</p>`;
};

type OwnSection = Section<ComparisonSettings, TrainingResult>;

const of = (
  experiment: string,
  title: string,
  content: (runs: Runs) => Html | false,
): OwnSection => ({
  title,
  content: ({ runs }) => runs.experiments.includes(experiment) && content(runs),
});

/** Sections of the report besides the table of claims. */
export const sections: readonly OwnSection[] = [
  { title: "Everything that was trained", content: ({ runs }) => losses(runs) },
  of("A-1", "How they learn", learning),
  of("A-4", "The way to the dense upper bound", upperBound),
  of("A-5", "Without the best experts", disabling),
  of("A-7", "Fewer experts active", fewerActive),
  of("A-10", "The price of balance", balance),
  of("A-11", "Limited to a few devices", limited),
  of("A-12", "Do domains use experts of their own?", domainUse),
  { title: "Sources", content: ({ runs }) => sources(runs) },
];
