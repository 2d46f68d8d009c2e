import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { decimalField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import type { Look } from "./look";

/** The budget that is planned at first, as a power of ten: that of the study's larger run. */
export const BUDGET = 11.11;

/** Powers of ten that a budget may have. */
export const RANGE = { min: 9, max: 26 };

/** Most budgets that can be hidden in any table. */
const MOST_HIDDEN = 20;

export const fields = {
  step: stepField(5),
  budget: decimalField(BUDGET, RANGE.min, RANGE.max),
  hidden: wholeField(0, 0, MOST_HIDDEN),
  /** The visitor's own forecast; 0 for none. */
  guess: decimalField(0, 0, 100),
};

export type State = StateOf<typeof fields>;

/** A look at the study's runs, and the state that it is of. */
export interface Looked {
  state: State;
  look: Look;
}

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content; null before the page is there. */
export const shown = signal<Look | null>(null);

/** The settings that it is of. */
export const settings = signal({ budget: BUDGET, hidden: 0 });

/** Whether the law and the larger run are shown: a visitor may foretell first. */
export const isRevealed = signal(false);

/** Whether a state shows the law without being asked to. */
export const isOpen = ({ budget, hidden, guess }: State): boolean =>
  budget !== BUDGET || hidden !== 0 || guess !== 0;

/** The visitor's forecast before it is revealed; undefined until it is dragged. */
export const draft = signal<number | undefined>(undefined);

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** The name of the visitor's table; undefined where the shipped one is shown. */
export const ownName = signal<string | undefined>(undefined);

/** Complaints, by the control that they are about. */
export const problems = { plan: signal<string[]>([]), file: signal<string[]>([]) };

/** The work in progress, in words; "" for none. */
export const doing = signal("");

/** The change by the last move, in a sentence. */
export const moved = signal("");

/** Whether the settings are those of what is shown. */
export const isCurrent = computed(() => {
  const { budget, hidden } = address.state.value;
  return settings.value.budget === budget && settings.value.hidden === hidden;
});

/** The result of the settings; null while it is not there, or is of a visitor's own table. */
export const result = computed((): Looked | null => {
  const isThere = isCurrent.value && doing.value === "" && ownName.value === undefined;
  return isThere && shown.value ? { state: address.state.value, look: shown.value } : null;
});
