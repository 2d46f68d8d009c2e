import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { type Field, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import { LONGEST, MOST_LINES, problemOfSolution, typedLines, written } from "./calculation";
import { judged } from "./judged";
import { MOST } from "./limits";
import { problemOfMade, readMade } from "./made";
import type { RecordedVerifier } from "./recorded";
import type { Asked, Curve, Exercise } from "./session";

/** The page's first state: a problem that votes get wrong. */
export const INITIAL = { seed: 1, problem: 24, n: 20 };

/** Problems that the verifier is tried on. */
export const PROBLEMS = 60;

/** Steps of the page's story. */
export const STEPS = 6;

/** A problem that the visitor makes; "" for a held-out one. */
const madeField: Field<string> = {
  initial: "",
  read(text) {
    const made = readMade(text);
    return text === "" || (made && !problemOfMade(made))
      ? { value: text }
      : { expected: "a number and changes of it, such as 20.a10.d3" };
  },
  write: (value) => value,
};

/** The visitor's solution; "" for none. */
const solutionField: Field<string> = {
  initial: "",
  read: (text) =>
    text !== "" && problemOfSolution(typedLines(text))
      ? {
          expected: `at most ${MOST_LINES} calculations of ${LONGEST} characters such as 12+5=17;17*2=34`,
        }
      : { value: written(typedLines(text)) },
  write: (value) => value,
};

export const fields = {
  step: stepField(STEPS),
  n: wholeField(INITIAL.n, 1, MOST),
  problem: wholeField(INITIAL.problem, 1, PROBLEMS),
  made: madeField,
  solution: solutionField,
  seed: wholeField(INITIAL.seed, 1, 2 ** 31 - 1),
};

export type State = StateOf<typeof fields>;

/** The part of the state that is computed anew when it changes. */
export const settingsOf = ({ problem, made, solution, seed }: State): Asked => ({
  problem,
  made,
  solution,
  seed,
});

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content. */
export const shown = {
  exercise: signal<Exercise | null>(null),
  curve: signal<Curve>([]),
  /** The scores of the visitor's lines. */
  own: signal<readonly number[]>([]),
  /** The settings of what is shown. */
  of: signal<Asked | null>(null),
};

/** The content of the field and of the menus, which may be none that can be scored or solved. */
export const drafts = { solution: signal(""), made: signal("") };

/** The work in progress, in words; "" for none. */
export const doing = signal("");

/** The change by the last move, in a sentence. */
export const moved = signal("");

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** Complaints, by the control that they are about. */
export const problems = {
  run: signal<string[]>([]),
  made: signal<string[]>([]),
  solution: signal<string[]>([]),
};

/** Whether what is shown is of the settings. */
export const isCurrent = computed(
  () => JSON.stringify(shown.of.value) === JSON.stringify(settingsOf(address.state.value)),
);

/** The result that is shown. */
export const nowShown = () =>
  judged(shown.exercise.value!, {
    curve: shown.curve.value,
    n: address.state.value.n,
    own: { solution: shown.of.value!.solution, scores: shown.own.value },
  });

/** The result of the settings; null while it is not there. */
export const result = computed(() => (isCurrent.value && doing.value === "" ? nowShown() : null));

/** The settings that the field and the menus show. */
export function showDrafts({ solution, made }: Asked): void {
  drafts.solution.value = typedLines(solution);
  drafts.made.value = made;
  problems.solution.value = [];
  problems.made.value = [];
}

/** Shows what was recorded, with a solution of its problem. */
export function showRecorded(
  { exercise, curve, seed, index }: RecordedVerifier,
  { solution, scores }: { solution: string; scores: readonly number[] },
): void {
  shown.exercise.value = exercise;
  shown.curve.value = curve;
  shown.own.value = scores;
  shown.of.value = { problem: index + 1, made: "", solution, seed };
  showDrafts(shown.of.value);
  isLive.value = false;
}
