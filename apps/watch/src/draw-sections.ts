import { heatMap } from "@deepgrain/lab/charts";
import { decimal, type Html, html, table, whole } from "@deepgrain/support/pages";
import { drawStage, nameOf, placeOf, runKey } from "./draw-stage";
import type { Sample, StageState } from "./run-state";
import type { Watched, WatchedReport, WatchedRun } from "./watched-runs";

/** A part of the page. */
export interface PageSection {
  id: string;
  title: string;
  /** Versions of its data: it is drawn again when this changes. */
  key: string;
  draw(): SectionContent;
}

/** Markup, or texts that are shown as they are. */
export type SectionContent = { html: string } | { samples: readonly RunSample[] };

/** A text that a model of a run wrote. */
export interface RunSample extends Sample {
  run: string;
}

const numberText = (value: number | undefined) => (value === undefined ? "–" : decimal(value));

const stepText = (step: number, steps: number | undefined) =>
  steps === undefined || step > steps ? whole(step) : `${whole(step)} of ${whole(steps)}`;

/** A row of the table of runs. */
function rowOf(
  run: WatchedRun,
  { place, id, stage }: { place: number; id: string; stage: StageState },
): (string | Html)[] {
  const { steps, state } = run;
  const { series, step, time } = stage;
  const isAlone = state.stages.size === 1;
  return [
    html`${runKey(nameOf(run, id), place)}${isAlone && html`<small>${id}</small>`}`,
    numberText(series.loss?.last()),
    numberText(series.heldOut?.last()),
    numberText(stage.perplexity),
    stepText(step, isAlone ? steps : undefined),
    numberText(series.speed?.last()),
    time === undefined ? "–" : time.slice(0, 19).replace("T", " "),
  ];
}

/** Columns that compare come first, for phones. */
const HEAD = [
  "run and stage",
  "loss",
  "held-out loss",
  "perplexity",
  "step",
  "tokens/s",
  "last written (UTC)",
];

function drawRuns({ runs, others }: Watched): Html {
  if (runs.length === 0)
    return html`<p>No run has written <code>metrics.jsonl</code> yet. It appears here when it does.</p>`;
  const rows = runs.flatMap((run) =>
    [...run.state.stages].map(([id, stage]) =>
      rowOf(run, { place: placeOf(runs, run, id), id, stage }),
    ),
  );
  const damaged = runs.filter(({ state }) => state.damaged > 0);
  return html`${table(HEAD, rows, { label: "Runs" })}${damaged.map(
    ({ name, state }) =>
      html`<p class="meta">${name}: ${state.damaged} ${state.damaged === 1 ? "line" : "lines"} of metrics.jsonl cannot be read.</p>`,
  )}${others > 0 && html`<p class="meta">${others} runs that were written earlier are not shown.</p>`}`;
}

/** The load of the experts of a run, as it was measured last. */
function drawLoad(name: string, stage: string, { step, layers }: NonNullable<StageState["load"]>) {
  const most = Math.max(...Object.values(layers).flat());
  return heatMap(layers, {
    label: `Share of the choices that fall on each expert of ${name}`,
    caption: `${name}, ${stage}, step ${whole(step)}: share of the choices per layer`,
    names: { row: "layer", column: "expert" },
    most,
    format: (share) => `${(100 * share).toFixed(1)} %`,
  });
}

function drawReports(reports: readonly WatchedReport[]): Html {
  const rows = reports.map(({ id, name, study, hasReport }) => [
    name,
    study === undefined ? "training" : `study ${study}`,
    hasReport ? html`<a href="report/${id}">report</a>` : "not finished",
  ]);
  return table(["folder", "kind", "report"], rows, { label: "Reports", text: [1, 2] });
}

const versionsOf = (runs: readonly WatchedRun[]) =>
  runs.map(({ name, version }) => `${name} ${version}`).join("\n");

/** The sections of what is seen, in their order. */
export function pageSections(watched: Watched): PageSection[] {
  const { runs, reports, others } = watched;
  const key = versionsOf(runs);
  const stages = [...new Set(runs.flatMap(({ state }) => [...state.stages.keys()]))];
  const loads = runs.flatMap(({ name, state }) => {
    const measured = [...state.stages].filter(([, { load }]) => load);
    return measured.slice(-1).map(([stage, { load }]) => ({ name, stage, load: load! }));
  });
  const samples = runs.flatMap(({ name, state }) =>
    state.samples.map((sample) => ({ run: name, ...sample })),
  );
  const section = (id: string, title: string, own: string, draw: PageSection["draw"]) => ({
    id,
    title,
    key: own,
    draw,
  });
  const markup = (...parts: Html[]) => ({ html: parts.map(({ text }) => text).join("") });
  return [
    section("runs", "", `${key} ${others}`, () => markup(drawRuns(watched))),
    ...stages.map((stage) => {
      const versions = runs.map((run) => [
        nameOf(run, stage),
        placeOf(runs, run, stage),
        run.state.stages.get(stage)?.version,
      ]);
      const draw = () => markup(drawStage(stage, runs));
      return section(`stage ${stage}`, stage, JSON.stringify(versions), draw);
    }),
    ...(loads.length === 0
      ? []
      : [
          section("load", "Load of the experts", JSON.stringify(loads), () =>
            markup(
              html`<div class="maps">${loads.map(({ name, stage, load }) => drawLoad(name, stage, load))}</div>`,
            ),
          ),
        ]),
    ...(samples.length === 0
      ? []
      : [section("samples", "Samples", JSON.stringify(samples), () => ({ samples }))]),
    ...(reports.length === 0
      ? []
      : [
          section("reports", "Reports", JSON.stringify(reports), () =>
            markup(drawReports(reports)),
          ),
        ]),
  ];
}
