import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { wholeField } from "../state/fields";
import { MOST } from "./limits";
import type { Curve, Exercise } from "./session";

/** The page's first state: a problem that votes get wrong. */
export const INITIAL = { seed: 1, problem: 53, n: 16 };

/** Problems that the verifier is tried on. */
export const PROBLEMS = 60;

const fields = {
  n: wholeField(INITIAL.n, 1, MOST),
  problem: wholeField(INITIAL.problem, 1, PROBLEMS),
  seed: wholeField(INITIAL.seed, 1, 2 ** 31 - 1),
};

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content. */
export const shown = {
  exercise: signal<Exercise | null>(null),
  curve: signal<Curve>([]),
};

/** The solution that is opened, and its steps and scores as the visitor has changed them. */
export const opened = signal<{
  index: number;
  texts: readonly string[];
  scores: readonly number[];
} | null>(null);

/** The work in progress, in words; "" for none. */
export const doing = signal("");

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** Complaints, by the control that they are about. */
export const problems = { run: signal<string[]>([]), step: signal<string[]>([]) };
