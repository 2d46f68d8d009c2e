import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { choiceField, textField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import type { Filled, Hole } from "./fill-middle";
import { INITIAL } from "./initial";
import { LONGEST_TEXT, MOST, TASKS } from "./limits";
import { policies } from "./names";
import type { Checked } from "./run-program";
import type { Programs } from "./write-programs";

export const fields = {
  step: stepField(5),
  policy: choiceField(INITIAL.policy, policies),
  task: wholeField(INITIAL.task, 1, TASKS),
  n: wholeField(INITIAL.n, 1, MOST),
  seed: wholeField(INITIAL.seed, 1, 2 ** 31 - 1),
  text: textField(INITIAL.text, LONGEST_TEXT),
  from: wholeField(INITIAL.from, 0, LONGEST_TEXT),
  to: wholeField(INITIAL.to, 0, LONGEST_TEXT),
};

export type State = StateOf<typeof fields>;

/** All that the page shows of a state. */
export interface Shown {
  state: State;
  programs: Programs;
  /** The most frequent program with its tests. */
  checked: Checked;
  filled: Filled;
}

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content. */
export const shown = {
  programs: signal<Programs | null>(null),
  checked: signal<Checked | null>(null),
  filled: signal<Filled | null>(null),
};

/** The program in the editor, which may be one that cannot be run. */
export const edited = signal("");

/** The text and the cursors in the field, which may be some that cannot be filled in. */
export const hole = signal<Hole>({ text: INITIAL.text, from: INITIAL.from, to: INITIAL.to });

/** The work in progress, in words; "" for none. */
export const doing = { programs: signal(""), fill: signal("") };

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = { programs: signal(false), fill: signal(false) };

/** Complaints, by the control that they are about. */
export const problems = {
  run: signal<string[]>([]),
  program: signal<string[]>([]),
  fill: signal<string[]>([]),
};

/** The change by the last move, in a sentence. */
export const moved = signal("");

/** Whether the settings are those of what is shown. */
export const isCurrent = {
  programs: computed(() => {
    const { policy, task, n, seed } = address.state.value;
    const own = shown.programs.value;
    return own?.policy === policy && own.task === task && own.n === n && own.seed === seed;
  }),
  fill: computed(() => {
    const { text, from, to } = address.state.value;
    const own = shown.filled.value;
    return own?.text === text && own.from === from && own.to === to;
  }),
};

/** The result of the settings; null while it is not there. */
export const result = computed((): Shown | null => {
  const isThere =
    isCurrent.programs.value &&
    isCurrent.fill.value &&
    doing.programs.value === "" &&
    doing.fill.value === "";
  const { programs, checked, filled } = shown;
  return isThere
    ? {
        state: address.state.value,
        programs: programs.value!,
        checked: checked.value!,
        filled: filled.value!,
      }
    : null;
});
