import { signal } from "@preact/signals";
import type { SavedModel } from "../models/saved-models";
import { isSavedName } from "../models/saved-models";
import { addressState } from "../shell/use-address";
import { choiceField, decimalField, type Field, textField, wholeField } from "../state/fields";
import { initial, LONGEST, TOKENS } from "./limits";
import type { Description } from "./open-model";
import { addressField } from "./parse-address";
import type { RecordedModel } from "./recorded";
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

/** The page's state, in its address. */
export const address = addressState({
  from: choiceField("stories", shippedNames),
  saved: savedField,
  address: addressField,
  prompt: textField(initial.prompt, LONGEST),
  temperature: decimalField(initial.temperature, 0, 2),
  tokens: wholeField(initial.tokens, TOKENS.min, TOKENS.max),
  seed: wholeField(initial.seed, 0, 2 ** 31 - 1),
});

/** The model, and what it has written. */
export const shown = {
  source: signal<Source>(shippedSource("stories")),
  description: signal<Description | null>(null),
  turns: signal<readonly Turn[]>([]),
  written: signal<(Pick<Written, "tokens" | "bytes"> & Partial<Written>) | null>(null),
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

/** Shows what was recorded. */
export function showRecorded({ description, turns, written }: RecordedModel): void {
  shown.description.value = description;
  shown.turns.value = turns;
  shown.written.value = written;
  isLive.value = false;
}
