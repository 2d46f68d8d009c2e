import {
  bars,
  estimate,
  estimateOf,
  type Html,
  html,
  resultsOf,
  type Section,
  table,
} from "@deepgrain/lab";
import { lossNames } from "@deepgrain/renode/gnn";
import { macroF1, method, NO_GAIN, printed, weightedF1 } from "./claims";
import { conflict } from "./conflict";
import { differenceOf, gainOf, gainText, type Runs, scoreText } from "./differences";
import { experiments } from "./introduction";
import type { ComparisonSettings, GraphName } from "./recipe";
import type { TrainingResult } from "./training-result";
import {
  graphTitles,
  idOf,
  lossTitles,
  type Method,
  methodTitle,
  networks,
  networkTitles,
} from "./variants";

const ce = (network: (typeof networks)[number], hasRenode: boolean) =>
  method(network, "ce", hasRenode);

function balancedTable(runs: Runs, graph: GraphName): Html {
  const score = (one: Method, name: "weightedF1" | "macroF1" = "weightedF1") =>
    scoreText(runs, idOf(graph, "balanced", one), name);
  const body = networks.map((network) => [
    networkTitles[network],
    gainText(gainOf(runs, graph, "balanced", ce(network, false), ce(network, true))),
    score(ce(network, false)),
    score(ce(network, true)),
    ...(graph === "cora" ? [printed[network] ?? "–"] : []),
    score(ce(network, false), "macroF1"),
    score(ce(network, true), "macroF1"),
  ]);
  const head = [
    "network",
    "gain in W-F",
    "W-F with CE",
    "W-F with ReNode",
    ...(graph === "cora" ? ["W-F, paper"] : []),
    "M-F with CE",
    "M-F with ReNode",
  ];
  return html`<h3>${graphTitles[graph]}</h3>${table(head, body)}`;
}

/** Whether ReNode gains anything on CiteSeer, where the paper expects little. */
function citeseerVerdict(runs: Runs): Html | false {
  if (!runs.settings.graphs.includes("citeseer")) return false;
  const gains = networks.map((network) =>
    gainOf(runs, "citeseer", "balanced", ce(network, false), ce(network, true)),
  );
  const shown = gains.filter((found) => found?.interval && found.interval[0] > 0).length;
  return html`<p>On CiteSeer the gains of ${shown === 0 ? "no network" : `${shown} of ${networks.length} networks`} have an interval above 0.
The GCN's gain is ${gainText(gains[0]!)}. CiteSeer is poorly connected: labels that no path joins to those of another class all have
conflict 0, so that conflict cannot rank them, and weights follow ranks.</p>`;
}

/** The gain of ReNode for each network. */
export function picture({ runs }: { runs: Runs }): Html | false {
  if (!runs.experiments.includes("balanced")) return false;
  const { graphs } = runs.settings;
  const rows = networks.map((network) => ({
    name: networkTitles[network],
    values: graphs.map((graph) =>
      gainOf(runs, graph, "balanced", ce(network, false), ce(network, true)),
    ),
  }));
  return bars({
    label: "What ReNode adds to the weighted F1",
    caption:
      "Dots: mean gain over splits; lines: 95 % intervals. The paper's gain for the GCN on Cora is 0.7.",
    x: { label: "gain in weighted F1, points" },
    series: graphs.map((graph) => graphTitles[graph]),
    reference: 0,
    rows,
  });
}

function balanced({ runs }: { runs: Runs }): Html[] {
  const { graphs, initialisations, otherInitialisations } = runs.settings;
  const intro = html`<p>${runs.seeds.length} random splits with 20 labels per class and 30 validation nodes per class, ${initialisations}
trainings of the GCN and ${otherInitialisations} of each other network on each, whose mean counts. F1 in percent, with 95 % intervals over splits. Gains are paired by split.</p>`;
  return [
    intro,
    ...graphs.map((graph) => balancedTable(runs, graph)),
    citeseerVerdict(runs) || html``,
  ];
}

const RANGES = [null, 0.25, 0.5, 0.75] as const;

function ranges({ runs }: { runs: Runs }): Html {
  const { graphs } = runs.settings;
  const of = (minWeight: number | null): Method => ({ ...ce("gcn", false), minWeight });
  const body = RANGES.map((least) => [
    least === null ? "CE, all weights 1" : `${least} to ${2 - least}`,
    ...graphs.flatMap((graph) => [
      least === null ? "–" : gainText(gainOf(runs, graph, "balanced", of(null), of(least))),
      scoreText(runs, idOf(graph, "balanced", of(least)), "weightedF1"),
    ]),
  ]);
  const head = [
    "GCN, weights",
    ...graphs.flatMap((graph) => [`gain on ${graphTitles[graph]}`, `W-F on ${graphTitles[graph]}`]),
  ];
  return html`<p>ReNode's weights for training nodes, from that of the most conflicted to that of the least. The usual range is 0.5 to
1.5.</p>${table(head, body)}`;
}

const LEVELS = ["low", "middle", "high"] as const;
const paperLevels = { low: "79.7 → 80.4", middle: "–", high: "76.5 → 78.7" };

function levels({ runs }: { runs: Runs }): Html[] {
  const { graphs, draws } = runs.settings;
  const body = graphs.flatMap((graph) =>
    LEVELS.map((level) => {
      const own = resultsOf(runs, idOf(graph, level, ce("gcn", false)));
      const mean = (of: (result: TrainingResult) => number) => estimate(own.map(of)).mean;
      return [
        `${graphTitles[graph]}, ${level}`,
        gainText(gainOf(runs, graph, level, ce("gcn", false), ce("gcn", true))),
        scoreText(runs, idOf(graph, level, ce("gcn", false)), "weightedF1"),
        scoreText(runs, idOf(graph, level, ce("gcn", true)), "weightedF1"),
        ...(graphs.includes("cora") ? [graph === "cora" ? paperLevels[level] : "–"] : []),
        mean(({ total }) => total).toFixed(3),
        `${(100 * mean(({ cover }) => cover)).toFixed(1)} %`,
      ];
    }),
  );
  const head = [
    "GCN",
    "gain in W-F",
    "W-F with CE",
    "W-F with ReNode",
    ...(graphs.includes("cora") ? ["paper"] : []),
    "total conflict",
    "cover",
  ];
  return [
    html`<p>From ${draws} balanced splits, those with the lowest, middle and highest total conflict are taken, ${runs.seeds.length} per level.</p>`,
    table(head, body),
  ];
}

function lossTables(runs: Runs, graph: GraphName): Html {
  const score = (one: Method) =>
    estimateOf(weightedF1(idOf(graph, "step", one)), runs)?.mean.toFixed(1) ?? "–";
  const tableOf = (title: string, cell: (before: Method, after: Method) => string) =>
    table(
      [title, ...lossNames.map((loss) => lossTitles[loss])],
      networks.map((network) => [
        networkTitles[network],
        ...lossNames.map((loss) => cell(method(network, loss, false), method(network, loss, true))),
      ]),
    );
  return html`<h3>${graphTitles[graph]}</h3>${tableOf(
    "W-F without → with ReNode",
    (before, after) => `${score(before)} → ${score(after)}`,
  )}${tableOf("gain", (before, after) => gainText(gainOf(runs, graph, "step", before, after)))}`;
}

function orderTable(runs: Runs, graph: GraphName): Html {
  const of = (loss: "ce" | "re-weight", hasRenode: boolean) =>
    idOf(graph, "step", method("gcn", loss, hasRenode));
  const rows = [
    ["re-weighting over CE", of("ce", false), of("re-weight", false)],
    ["ReNode over CE", of("ce", false), of("ce", true)],
    ["ReNode over re-weighting", of("re-weight", false), of("re-weight", true)],
  ] as const;
  const body = rows.map(([name, before, after]) => [
    name,
    ...[weightedF1, macroF1].map((own) => gainText(differenceOf(runs, own(before), own(after)))),
  ]);
  return table([`GCN on ${graphTitles[graph]}`, "gain in W-F", "gain in M-F"], body);
}

function both({ runs }: { runs: Runs }): Html[] {
  const { graphs, labelRatio, imbalance } = runs.settings;
  const intro = html`<p>Step splits: ${100 * labelRatio} % of the nodes are labelled, ${imbalance} times as many in each head class as in each other
class; ${runs.seeds.length} splits. Differences are paired by split.</p>`;
  return [
    intro,
    ...graphs.map((graph) => orderTable(runs, graph)),
    ...graphs.map((graph) => lossTables(runs, graph)),
  ];
}

const rivalRows: readonly Method[] = [
  ...(["ce", "re-weight"] as const).flatMap((loss) =>
    [{}, { hasTam: true }].flatMap((tam) =>
      [false, true].map((hasRenode) => ({ ...method("gcn", loss, hasRenode), ...tam })),
    ),
  ),
  ...[false, true].map((hasRenode) => method("graphsmote", "ce", hasRenode)),
];

function rivals({ runs }: { runs: Runs }): Html[] {
  const intro = html`<p>Step splits with both imbalances: F1 in percent, with 95 % intervals over splits.</p>`;
  const tables = runs.settings.graphs.map((graph) => {
    const body = rivalRows.map((one) => [
      methodTitle(one),
      ...(["weightedF1", "macroF1"] as const).map((name) =>
        scoreText(runs, idOf(graph, "step", one), name),
      ),
    ]);
    return html`<h3>${graphTitles[graph]}</h3>${table(["method", "W-F", "M-F"], body)}`;
  });
  return [intro, ...tables];
}

const sources = html`<p class="meta">ReNode and Totoro: Chen et al. 2021 (arXiv 2110.04099); TAM: Song, Park, Yang 2022; GraphSMOTE: our
reading of Zhao, Zhang, Wang 2021. Graphs: Planetoid's Cora and CiteSeer (Sen et al. 2008). Numbers of the paper as reported in
reviews of it. "No gain" on CiteSeer means within ±${NO_GAIN} points.</p>`;

type OwnSection = Section<ComparisonSettings, TrainingResult>;

/** Sections of the report besides the table of claims. */
export const sections: readonly OwnSection[] = [
  { title: experiments.balanced, experiment: "balanced", content: balanced },
  { title: experiments.ranges, experiment: "ranges", content: ranges },
  { title: experiments.levels, experiment: "levels", content: levels },
  { title: experiments.conflict, experiment: "conflict", content: conflict },
  { title: experiments.both, experiment: "both", content: both },
  { title: experiments.rivals, experiment: "rivals", content: rivals },
  { title: "Sources", content: () => sources },
];
