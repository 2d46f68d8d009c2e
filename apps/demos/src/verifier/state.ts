import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { wholeField } from "../state/fields";
import { MOST } from "./limits";
import type { Curve, Exercise } from "./session";

/** What the page starts with: a problem that votes get wrong. */
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

/** What is shown. */
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

/** What is being done, in words; "" for nothing. */
export const doing = signal("");

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** What went wrong, by the control that it is about. */
export const problems = { run: signal<string[]>([]), step: signal<string[]>([]) };
