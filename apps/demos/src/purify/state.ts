import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { decimalField, type Field, textField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import type { Reading } from "./classify";
import type { Outcome } from "./clean";
import { INITIAL } from "./initial";
import { LONGEST, RHO } from "./limits";
import { isSecret, LONGEST_SECRET } from "./secret";

/** Steps of the page's story. */
export const STEPS = 6;

const secretField: Field<string> = {
  initial: INITIAL.word,
  read: (text) =>
    isSecret(text)
      ? { value: text }
      : { expected: `1 to ${LONGEST_SECRET} small letters and digits` },
  write: (value) => value,
};

export const fields = {
  step: stepField(STEPS),
  rho: decimalField(INITIAL.rho, RHO.min, RHO.max),
  text: textField(INITIAL.text, LONGEST),
  word: secretField,
  seed: wholeField(INITIAL.seed, 1, 2 ** 31 - 1),
};

export type State = StateOf<typeof fields>;

/** The result of a purification. */
export interface Purified {
  outcome: Outcome;
  reading: Reading;
}

/** The page's state, in its address. */
export const address = addressState(fields);

/** The shown content. */
export const shown = {
  outcome: signal<Outcome | null>(null),
  reading: signal<Reading | null>(null),
};

/** The text as it stands in its field, which may be one that cannot be classified. */
export const typed = signal(INITIAL.text);

/** The secret word as it stands in its field. */
export const typedWord = signal(INITIAL.word);

/** The work in progress, in words; "" for none. */
export const doing = signal("");

/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);

/** The change by the last move, in a sentence. */
export const moved = signal("");

/** Complaints, by the control that they are about. */
export const problems = {
  run: signal<string[]>([]),
  text: signal<string[]>([]),
  word: signal<string[]>([]),
};

/** Whether what is shown is of the settings. */
export const isCurrent = computed(() => {
  const { seed, rho, text, word } = address.state.value;
  const { outcome, reading } = shown;
  const of = outcome.value;
  return of?.seed === seed && of.word === word && of.rho === rho && reading.value?.text === text;
});

/** The result of the settings; null while it is not there. */
export const result = computed<Purified | null>(() =>
  isCurrent.value && doing.value === ""
    ? { outcome: shown.outcome.value!, reading: shown.reading.value! }
    : null,
);
