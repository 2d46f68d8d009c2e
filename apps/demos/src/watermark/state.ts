import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { choiceField, decimalField, type Field, shareField, wholeField } from "../state/fields";
import { attacks, type Both, BYTES, keys, LONGEST } from "./names";
import type { Reading } from "./read-text";
import type { RecordedWatermark } from "./recorded";

/** What is wrong with a message, in a sentence; undefined if it can be hidden. */
export function payloadProblem(text: string): string | undefined {
  if (text.trim() === "") return "Type one or two letters; the texts before stay.";
  if (/^[\x20-\x7e]{1,2}$/.test(text)) return undefined;
  return [...text].length > BYTES
    ? `A message has at most ${BYTES} letters: each costs eight bits.`
    : "A message has plain letters, digits or signs, a byte each.";
}

/** What is wrong with an edited text. */
export function textProblem(text: string): string | undefined {
  if (text.trim() === "") return "There is no text left to read; what was read before stays.";
  if (text.length > LONGEST)
    return `The text has ${text.length.toLocaleString("en-US")} letters; at most ${LONGEST.toLocaleString("en-US")} are read.`;
  return undefined;
}

const payloadField: Field<string> = {
  initial: "Hi",
  read: (text) =>
    payloadProblem(text) ? { expected: "one or two plain letters" } : { value: text.trim() },
  write: (value) => value,
};

/** A text in place of the one that was written; "" for none. */
const editedField: Field<string> = {
  initial: "",
  read: (text) =>
    textProblem(text) ? { expected: `a text of 1 to ${LONGEST} letters` } : { value: text },
  write: (value) => value,
};

/** The page's state, in its address. */
export const address = addressState({
  seed: wholeField(1, 0, 2 ** 31 - 1),
  payload: payloadField,
  strength: decimalField(3, 0, 8),
  attack: choiceField("delete", attacks),
  rate: shareField(0),
  key: choiceField("own", keys),
  balanced: editedField,
  plain: editedField,
});

/** What is shown. */
export const shown = {
  /** The texts as they were written. */
  written: signal<Both<string>>({ balanced: "", plain: "" }),
  /** What stands in the fields for editing. */
  drafts: signal<Both<string>>({ balanced: "", plain: "" }),
  readings: signal<Both<Reading> | null>(null),
  /** A story that is being written. */
  growing: signal<Partial<Both<string>>>({}),
  /** The message as it stands in its field. */
  payload: signal("Hi"),
};

/** What is being done, in words; "" for nothing. */
export const doing = signal("");
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** What went wrong, by the control that it is about. */
export const problems = {
  run: signal<string[]>([]),
  payload: signal<string[]>([]),
  balanced: signal<string[]>([]),
  plain: signal<string[]>([]),
};

/** Shows what was recorded. */
export function showRecorded({ readings, payload }: RecordedWatermark): void {
  const texts = { balanced: readings.balanced.text, plain: readings.plain.text };
  shown.written.value = texts;
  shown.drafts.value = texts;
  shown.readings.value = readings;
  shown.payload.value = payload;
  isLive.value = false;
}
