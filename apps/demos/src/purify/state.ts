import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { decimalField, textField, wholeField } from "../state/fields";
import type { Reading } from "./classify";
import type { Outcome } from "./clean";
import { INITIAL } from "./initial";
import { LONGEST, RHO } from "./limits";

const fields = {
  rho: decimalField(INITIAL.rho, RHO.min, RHO.max),
  text: textField(INITIAL.text, LONGEST),
  seed: wholeField(INITIAL.seed, 1, 2 ** 31 - 1),
};

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content. */
export const shown = {
  outcome: signal<Outcome | null>(null),
  reading: signal<Reading | null>(null),
};

/** The text as it stands in its field, which may be one that cannot be classified. */
export const typed = signal(INITIAL.text);

/** The work in progress, in words; "" for none. */
export const doing = signal("");

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** Complaints, by the control that they are about. */
export const problems = { run: signal<string[]>([]), text: signal<string[]>([]) };
