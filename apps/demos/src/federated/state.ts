import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { choiceField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import type { Answers } from "./answers";
import { digitField } from "./digit";
import type { Run } from "./names";

/** The page's first state: its digit is a 9 that the two federations answer differently. */
export const INITIAL = { ratio: 50, rounds: 30, seed: 1, digit: "9-40" };

/** Ratios of the commonest to the rarest class. */
export const RATIOS = { min: 1, max: 100 };

/** Steps of the page's story. */
export const STEPS = 6;

export const fields = {
  step: stepField(STEPS),
  ratio: wholeField(INITIAL.ratio, RATIOS.min, RATIOS.max),
  second: choiceField("on", ["on", "off"]),
  rounds: wholeField(INITIAL.rounds, 2, 200),
  seed: wholeField(INITIAL.seed, 0, 2 ** 31 - 1),
  digit: digitField(INITIAL.digit),
};

export type State = StateOf<typeof fields>;

/** The result of a run: the setting, both federations, and their answers. */
export interface Federation {
  state: State;
  run: Run;
  answers: Answers;
}

/** The setup of a state. */
export const setupOf = ({ ratio, rounds, seed, second }: State) => ({
  ratio,
  rounds,
  seed,
  hasSecondHead: second === "on",
});

/** Whether two states train the same. */
export const isSameRun = (one: State, other: State): boolean =>
  JSON.stringify(setupOf(one)) === JSON.stringify(setupOf(other));

/** The page's state, in its address. */
export const address = addressState(fields);

/** The last run that came to its end; null before the page is there. */
export const whole = signal<Federation | null>(null);

/** The rounds of the run that is under way; null while there are none. */
export const growing = signal<Run | null>(null);

/** The work in progress, in words; "" for none. */
export const doing = signal("");

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** The change by the last move, in a sentence. */
export const moved = signal("");

/** The class whose clients are lit. */
export const lit = signal<number | null>(null);

/** The complaint. */
export const problems = signal<string[]>([]);

/** Whether the settings are those of the last whole run. */
export const isCurrent = computed(() => {
  const own = whole.value?.state;
  const now = address.state.value;
  return own !== undefined && isSameRun(own, now) && own.digit === now.digit;
});

/** The result of the settings; null while it is not there. */
export const result = computed(() => (isCurrent.value && doing.value === "" ? whole.value : null));
