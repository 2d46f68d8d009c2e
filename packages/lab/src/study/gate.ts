import { fail, having, listOf } from "../errors";
import type { StudyRuns } from "./runs";

/** A setting that was tried against a gate, before any recorded run. */
export interface GateTrial {
  /** In words: "20 initialisations". */
  setting: string;
  seeds: readonly number[];
  value: number;
  /** The commit that it was measured at, 40 hexadecimal digits. */
  commit: string;
}

/** A number that shows whether a study is in its paper's regime, and says nothing about who wins. It has to lie within its bounds. */
export interface Gate<R = unknown, S = unknown> {
  /** The measured quantity: "initial weights, share of a gain's variance". */
  measure: string;
  /** At least one of both bounds is there. */
  least?: number | undefined;
  most?: number | undefined;
  /** The number in some runs; null where they do not tell. */
  read(runs: StudyRuns<S, R>): number | null;
  /** At most three, in the order of their trials: the last one is what is recorded. None where it is not measured yet. */
  tried: readonly GateTrial[];
}

/** Whether the last setting that was tried lies within the bounds. */
export type GateState = "met" | "not met" | "not measured";

/** A gate with what its trials and some runs gave. Plain data. */
export interface JudgedGate extends Pick<Gate, "measure" | "least" | "most" | "tried"> {
  state: GateState;
  /** The number in these runs; null where they do not tell. */
  here: number | null;
}

const MOST_TRIALS = 3;

const isWithin = (
  { least = -Infinity, most = Infinity }: Pick<Gate, "least" | "most">,
  x: number,
) => least <= x && x <= most;

/**
 * Refuses a gate without bounds, or with trials that are none.
 * @throws {LabError} `ERR_STUDY` for no bound, more than three trials, a value that is not finite, or a commit that is no full hash
 */
export function checkGate<R, S>(study: string, { measure, least, most, tried }: Gate<R, S>): void {
  const refuse = (message: string): never =>
    fail("ERR_STUDY", `lab/study "${study}": gate "${measure}": ${message}`, { measure });
  const bounds = [least, most].filter((bound) => bound !== undefined);
  if (bounds.length === 0 || !bounds.every(Number.isFinite))
    refuse("expected least or most, a finite number");
  if (tried.length > MOST_TRIALS)
    refuse(`at most ${MOST_TRIALS} settings may be tried, got ${tried.length}`);
  for (const { setting, value, commit, seeds } of tried) {
    if (!Number.isFinite(value)) refuse(`the value of "${setting}" must be finite, got ${value}`);
    if (!/^[0-9a-f]{40}$/.test(commit))
      refuse(`the commit of "${setting}" must have 40 hexadecimal digits, got "${commit}"`);
    if (seeds.length === 0) refuse(`"${setting}" has no seeds`);
  }
}

/** A gate as its trials and these runs have it. */
export function judgeGate<R, S>(gate: Gate<R, S>, runs: StudyRuns<S, R>): JudgedGate {
  const { measure, least, most, tried } = gate;
  const last = tried.at(-1);
  const state =
    last === undefined ? "not measured" : isWithin(gate, last.value) ? "met" : "not met";
  return { measure, least, most, tried, state, here: gate.read(runs) };
}

const round = (x: number): string => String(Number(x.toPrecision(3))).replace("-", "−");

/** "at most 0.5", "0.2 to 0.6" */
function boundsText({ least, most }: Pick<Gate, "least" | "most">): string {
  if (least === undefined) return `at most ${round(most!)}`;
  return most === undefined ? `at least ${round(least)}` : `${round(least)} to ${round(most)}`;
}

/**
 * A gate in a line: "gate met: initial weights, share of a gain's variance: at most 0.5; tried 20 initialisations: 0.21 (seeds 101, 102,
 * 103, commit 1a2b3c4d); in these runs 0.3".
 * @throws {LabError} `ERR_ARGUMENT` for what is no gate
 */
export function gateText(judged: JudgedGate): string {
  having("gateText", "a gate", judged, "state", "tried", "measure");
  const { state, here, tried, ...gate } = judged;
  listOf("gateText", "tried", tried);
  const trials = tried.map(
    ({ setting, value, seeds, commit }) =>
      `${setting}: ${round(value)} (seeds ${seeds.join(", ")}, commit ${commit.slice(0, 8)})`,
  );
  return [
    `gate ${state}: ${gate.measure}: ${boundsText(gate)}`,
    ...(trials.length > 0 ? [`tried ${trials.join(", ")}`] : []),
    ...(here === null ? [] : [`in these runs ${round(here)}`]),
  ].join("; ");
}
