import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { choiceField, wholeField } from "../state/fields";
import type { Run } from "./names";

/** The page's first state. */
export const INITIAL = { ratio: 50, rounds: 30, seed: 1 };

/** Ratios of the commonest to the rarest class. */
export const RATIOS = { min: 1, max: 100 };

const fields = {
  ratio: wholeField(INITIAL.ratio, RATIOS.min, RATIOS.max),
  second: choiceField("on", ["on", "off"]),
  rounds: wholeField(INITIAL.rounds, 2, 200),
  seed: wholeField(INITIAL.seed, 0, 2 ** 31 - 1),
};

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content; null before the page is there. */
export const shown = signal<Run | null>(null);

/** The work in progress, in words; "" for none. */
export const doing = signal("");

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** The complaint. */
export const problems = signal<string[]>([]);
