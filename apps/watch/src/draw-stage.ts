import { curves, seriesColor } from "@deepgrain/lab/charts";
import { type Html, html } from "@deepgrain/support/pages";
import { type Quantity, type QuantityId, quantities } from "./quantities";
import type { StageState } from "./run-state";
import type { WatchedRun } from "./watched-runs";

/** Colours of charts repeat after as many. */
const COLORS = 6;

/** Curves of fewer points show them. */
const FEW_POINTS = 30;

/** How a stage of a run is drawn wherever it is: colour, and dashes where the colours repeat. */
const lookOf = (index: number) => ({
  color: seriesColor(index),
  isDashed: index >= COLORS,
});

/** Where a stage stands among all stages of all runs: each has a look of its own. */
export const placeOf = (runs: readonly WatchedRun[], run: WatchedRun, stage: string): number => {
  const before = runs.slice(0, runs.indexOf(run));
  const stagesBefore = before.reduce((sum, { state }) => sum + state.stages.size, 0);
  return stagesBefore + [...run.state.stages.keys()].indexOf(stage);
};

/** The name of a run, with its stage where it has several. */
export const nameOf = ({ name, state }: WatchedRun, stage: string): string =>
  state.stages.size > 1 ? `${name} · ${stage}` : name;

/** A name with its colour. */
export function runKey(name: string, index: number): Html {
  const { color, isDashed } = lookOf(index);
  const mark = isDashed
    ? html`<span class="dashed" style="border-color:${color}"></span>`
    : html`<span style="background:${color}"></span>`;
  return html`<span class="key">${mark}${name}</span>`;
}

/** The charts of a stage, of all runs that have it over each other. */
export function drawStage(stage: string, runs: readonly WatchedRun[]): Html {
  const states = runs.map((run) => ({
    name: nameOf(run, stage),
    look: lookOf(placeOf(runs, run, stage)),
    stage: run.state.stages.get(stage) as StageState | undefined,
  }));
  const charts = (Object.entries(quantities) as [QuantityId, Quantity][]).flatMap(
    ([id, { label }]) => {
      const series = states.flatMap(({ name, look, stage: own }) => {
        const points = own?.series[id]?.points() ?? [];
        if (points.length === 0) return [];
        return [{ name, points, ...look, hasDots: points.length < FEW_POINTS }];
      });
      if (series.length === 0) return [];
      const about = `${label} over the steps of ${stage}`;
      return [curves({ label: about, x: { label: "step" }, y: { label }, series })];
    },
  );
  return html`<div class="charts">${charts}</div>`;
}
