import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { initialOf, type StateOf } from "../state/address-state";
import { choiceField, decimalField, type Field, shareField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import { attacks, type Both, BYTES, keys, LONGEST } from "./names";
import type { Reading } from "./read-text";
import type { RecordedWatermark } from "./recorded";

/** A sentence about what is wrong with a message; undefined if it can be hidden. */
export function payloadProblem(text: string): string | undefined {
  if (text.trim() === "") return "Type one to four letters; the texts before stay.";
  if (/^[\x20-\x7e]{1,4}$/.test(text)) return undefined;
  return [...text].length > BYTES
    ? `A message has at most ${BYTES} letters: each costs eight bits.`
    : "A message has plain letters, digits or signs, a byte each.";
}

/** A sentence about what is wrong with an edited text; undefined if it can be read. */
export function textProblem(text: string): string | undefined {
  if (text.trim() === "") return "There is no text left to read; what was read before stays.";
  if (text.length > LONGEST)
    return `The text has ${text.length.toLocaleString("en-US")} letters; at most ${LONGEST.toLocaleString("en-US")} are read.`;
  return undefined;
}

const payloadField: Field<string> = {
  initial: "Hi",
  read: (text) =>
    payloadProblem(text) ? { expected: "one to four plain letters" } : { value: text.trim() },
  write: (value) => value,
};

/** A text in place of the one that was written; "" for none. */
const editedField: Field<string> = {
  initial: "",
  read: (text) =>
    textProblem(text) ? { expected: `a text of 1 to ${LONGEST} letters` } : { value: text },
  write: (value) => value,
};

/** Steps of the page's story. */
export const STEPS = 6;

export const fields = {
  step: stepField(STEPS),
  seed: wholeField(1, 0, 2 ** 31 - 1),
  payload: payloadField,
  strength: decimalField(3, 0, 8),
  attack: choiceField("delete", attacks),
  rate: shareField(0),
  key: choiceField("own", keys),
  balanced: editedField,
  plain: editedField,
};

export type State = StateOf<typeof fields>;
/** The state without the step of the story. */
export type Settings = Omit<State, "step">;

export const settingsOf = ({ step: _, ...settings }: State): Settings => settings;

/** The findings in a text, and how many of its words speak for the message, and speak at all. */
export type Found = Pick<Reading, "payload" | "isFound" | "pValue" | "bits" | "nats"> & {
  agreeing: number;
  speaking: number;
};

export function foundIn({ payload, isFound, pValue, bits, nats, tokens }: Reading): Found {
  const count = (votes: readonly number[]) =>
    tokens.filter(([, vote]) => votes.includes(vote)).length;
  const words = { agreeing: count([1]), speaking: count([1, -1]) };
  return { payload, isFound, pValue, bits, nats, ...words };
}

/** The result of a state: what is read from both texts. */
export interface Marked {
  state: Settings;
  readings: Both<Found>;
  frontier: RecordedWatermark["frontier"];
}

/** The page's state, in its address. */
export const address = addressState(fields);

/** Texts and readings that are shown. */
export const shown = {
  /** The texts as they were written. */
  written: signal<Both<string>>({ balanced: "", plain: "" }),
  /** The content of the fields for editing. */
  drafts: signal<Both<string>>({ balanced: "", plain: "" }),
  readings: signal<Both<Reading> | null>(null),
  /** The settings of the readings, and of the texts. */
  of: signal<Settings | null>(null),
  frontier: signal<RecordedWatermark["frontier"] | null>(null),
  /** A story that is being written. */
  growing: signal<Partial<Both<string>>>({}),
  /** The message as it stands in its field. */
  payload: signal("Hi"),
};

/** Work that is under way, in words; "" for none. */
export const doing = signal("");
/** The change by the last move, in a sentence. */
export const moved = signal("");
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** Sentences about what went wrong, by the control that they are about. */
export const problems = {
  run: signal<string[]>([]),
  payload: signal<string[]>([]),
  balanced: signal<string[]>([]),
  plain: signal<string[]>([]),
};

/** Whether what is shown is of the settings. */
export const isCurrent = computed(
  () => JSON.stringify(shown.of.value) === JSON.stringify(settingsOf(address.state.value)),
);

export const nowShown = (): Marked => ({
  state: shown.of.value!,
  readings: {
    balanced: foundIn(shown.readings.value!.balanced),
    plain: foundIn(shown.readings.value!.plain),
  },
  frontier: shown.frontier.value!,
});

/** The result of the settings; null while it is not there. */
export const result = computed(() => (isCurrent.value && doing.value === "" ? nowShown() : null));

/** Shows what was recorded. */
export function showRecorded({
  readings,
  payload,
  seed,
  strength,
  frontier,
}: RecordedWatermark): void {
  const texts = { balanced: readings.balanced.text, plain: readings.plain.text };
  shown.written.value = texts;
  shown.drafts.value = texts;
  shown.readings.value = readings;
  shown.of.value = { ...settingsOf(initialOf(fields)), seed, payload, strength };
  shown.frontier.value = frontier;
  shown.payload.value = payload;
  isLive.value = false;
}
