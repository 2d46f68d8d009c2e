import { batch, computed, signal } from "@preact/signals";
import type { SavedModel } from "../models/saved-models";
import { isSavedName } from "../models/saved-models";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { choiceField, decimalField, type Field, textField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import { initial, LONGEST, TOKENS } from "./limits";
import type { Description } from "./open-model";
import { addressField } from "./parse-address";
import { type Source, shippedNames, shippedSource } from "./source";
import type { Turn, Written } from "./write";

/** A saved model's name; "" for none. */
const savedField: Field<string> = {
  initial: "",
  read: (text) =>
    isSavedName(text)
      ? { value: text }
      : { expected: "a name of 1 to 40 letters, digits, “-” and “_”" },
  write: (value) => value,
};

export const fields = {
  step: stepField(5),
  from: choiceField("stories", shippedNames),
  saved: savedField,
  address: addressField,
  prompt: textField(initial.prompt, LONGEST),
  temperature: decimalField(initial.temperature, 0, 2),
  tokens: wholeField(initial.tokens, TOKENS.min, TOKENS.max),
  seed: wholeField(initial.seed, 0, 2 ** 31 - 1),
};

export type State = StateOf<typeof fields>;

/** A model's text at a state, written to its end. */
export interface Wrote {
  state: State;
  description: Description;
  turns: readonly Turn[];
  written: Pick<Written, "tokens">;
}

/** The page's state, in its address. */
export const address = addressState(fields);

/** The model, and what it has written. */
export const shown = {
  source: signal<Source>(shippedSource("stories")),
  description: signal<Description | null>(null),
  turns: signal<readonly Turn[]>([]),
  written: signal<(Pick<Written, "tokens"> & Partial<Written>) | null>(null),
  /** Models that this browser keeps. */
  saved: signal<readonly SavedModel[]>([]),
};

/** The content of fields as it stands. */
export const drafts = {
  prompt: signal(initial.prompt),
  address: signal(""),
  name: signal("my-model"),
};

/** Work that is under way, in words; "" for none. */
export const doing = signal("");
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** Sentences about what went wrong, by the control that they are about. */
export const problems = {
  prompt: signal<string[]>([]),
  /** Faults of the page's address. */
  state: signal<string[]>([]),
  write: signal<string[]>([]),
  shipped: signal<string[]>([]),
  folder: signal<string[]>([]),
  address: signal<string[]>([]),
  saved: signal<string[]>([]),
  keep: signal<string[]>([]),
};

/** The text that was written to its end; null while there is none of the model that is open. */
export const whole = signal<Wrote | null>(null);

/** The change by the last move, in a sentence. */
export const moved = signal("");

const settingsOf = ({ step: _, ...settings }: State): string => JSON.stringify(settings);

/** Whether the settings are those of what was written. */
export const isCurrent = computed(
  () => whole.value !== null && settingsOf(whole.value.state) === settingsOf(address.state.value),
);

/** The result of the settings; null while it is not there. */
export const result = computed(() => (isCurrent.value && doing.value === "" ? whole.value : null));

/** Shows what was recorded. */
export function showRecorded(wrote: Wrote): void {
  batch(() => {
    shown.source.value = shippedSource(wrote.state.from);
    shown.description.value = wrote.description;
    shown.turns.value = wrote.turns;
    shown.written.value = wrote.written;
    whole.value = wrote;
    moved.value = "";
    isLive.value = false;
  });
}
