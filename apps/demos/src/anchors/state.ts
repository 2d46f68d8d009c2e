import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { choiceField, type Field, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import type { Look } from "./look";
import { type Both, ends, LAYERS, type Target, targets } from "./names";
import { readPrompt, writePrompt } from "./prompt-text";
import type { Reading } from "./reading";

/** Steps of the page's story. */
export const STEPS = 6;

/** A prompt of the visitor's; "" for the first of the seed. */
const promptField: Field<string> = {
  initial: "",
  read(text) {
    const found = readPrompt(text);
    return "lines" in found
      ? { value: writePrompt(found.lines, "; ") }
      : { expected: "lines such as “owl hawk: red; tea cocoa: blue; coffee”" };
  },
  write: (value) => value,
};

export const fields = {
  step: stepField(STEPS),
  target: choiceField<Target>("labels", targets),
  where: choiceField("first", ends),
  layers: wholeField(2, 0, LAYERS),
  /** The layer whose flow is drawn between words. */
  layer: wholeField(LAYERS, 1, LAYERS),
  seed: wholeField(1, 0, 2 ** 31 - 1),
  prompt: promptField,
};

export type State = StateOf<typeof fields>;

/** The settings of what is seen. */
export type Settings = Omit<State, "step">;

/** The settings of a state. */
export const settingsOf = ({ step: _, ...of }: State): Settings => of;

/** The result of a state: what both models do with all prompts and with one. */
export interface Seen {
  of: Settings;
  looks: Both<Look>;
  reading: Reading;
}

/** The page's state, in its address. */
export const address = addressState(fields);

/** The last result. */
export const shown = signal<Seen | null>(null);

/** The prompt as it stands in its field, which may be one that cannot be read. */
export const typed = signal("");

/** Work that is under way, in words; "" for none. */
export const doing = signal("");
/** The change by the last move, in a sentence, and the part that was moved. */
export const moved = signal<{ part: "cut" | "prompt"; text: string } | null>(null);
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** Sentences about what went wrong, by the control that they are about. */
export const problems = { run: signal<string[]>([]), prompt: signal<string[]>([]) };

/** Whether what is shown is of the prompts and the words to cut that the settings have; it then has every cut. */
export const isCurrent = computed(() => {
  const now = address.state.value;
  const of = shown.value?.of;
  return of?.seed === now.seed && of.target === now.target && of.prompt === now.prompt;
});

/** Whether it has been run for the settings: what was recorded has been for its own cut alone. */
export const isRun = computed(() => {
  const { where, layers } = address.state.value;
  const of = shown.value?.of;
  const isOwn = of?.where === where && of.layers === layers;
  return isCurrent.value && (isLive.value || isOwn) && doing.value === "";
});

/** The result of the settings; null while it is not there. */
export const result = computed<Seen | null>(() => {
  return isRun.value ? { ...shown.value!, of: settingsOf(address.state.value) } : null;
});

/** Shows what was recorded. */
export function showRecorded({ of, looks, reading }: Seen): void {
  shown.value = { of, looks, reading };
  typed.value = reading.text;
  isLive.value = false;
}
