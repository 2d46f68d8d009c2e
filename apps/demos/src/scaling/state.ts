import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { decimalField, wholeField } from "../state/fields";
import type { Look } from "./look";

/** The budget that is planned at first, as a power of ten: that of the study's larger run. */
export const BUDGET = 11.11;

/** Powers of ten that a budget may have. */
export const RANGE = { min: 9, max: 26 };

/** Most budgets that can be hidden in any table. */
const MOST_HIDDEN = 20;

const fields = {
  budget: decimalField(BUDGET, RANGE.min, RANGE.max),
  hidden: wholeField(0, 0, MOST_HIDDEN),
  /** The visitor's own forecast; 0 for none. */
  guess: decimalField(0, 0, 100),
};

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content; null before the page is there. */
export const shown = signal<Look | null>(null);

/** Whether the law and the larger run are shown: a visitor may foretell first. */
export const isRevealed = signal(false);

/** The visitor's forecast before it is revealed; undefined until it is dragged. */
export const draft = signal<number | undefined>(undefined);

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** The name of the visitor's table; undefined where the shipped one is shown. */
export const ownName = signal<string | undefined>(undefined);

/** Complaints, by the control that they are about. */
export const problems = { plan: signal<string[]>([]), file: signal<string[]>([]) };
