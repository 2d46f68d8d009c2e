import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { decimalField, type Field, setField, textField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import type { Letter } from "./learn-sentence";
import { EXPERTS, LEAST_ON, LONGEST, LONGEST_BEGIN, SENTENCE, TEMPERATURE } from "./limits";

/** The names of the experts. */
export const names = Array.from({ length: EXPERTS }, (_, i) => String(i + 1));

/** A text that may be missing. */
const ifAny = (field: Field<string>): Field<string> => ({
  ...field,
  read: (text) => (text === "" ? { value: "" } : field.read(text)),
});

const experts = setField(names);

export const fields = {
  step: stepField(5),
  text: textField(SENTENCE, LONGEST),
  second: ifAny(textField("", LONGEST)),
  off: {
    ...experts,
    read(text) {
      const off = experts.read(text);
      const isFine = !("value" in off) || off.value.length <= EXPERTS - LEAST_ON;
      return isFine ? off : { expected: `at most ${EXPERTS - LEAST_ON} of the experts` };
    },
  } satisfies Field<readonly string[]>,
  begin: ifAny(textField("", LONGEST_BEGIN)),
  temperature: decimalField(TEMPERATURE, 0.1, 2),
  seed: wholeField(1, 0, 2 ** 31 - 1),
};

export type State = StateOf<typeof fields>;

/** A training's result at a state. */
export interface Written {
  state: State;
  /** Of the training's last step. */
  loss: number;
  /** Of reading each sentence with the experts that are on, nats per letter. */
  losses: number[];
  /** A text after each sentence, or one after what the visitor has begun with. */
  texts: Letter[][];
}

/** The training of a state. */
export const trainingOf = ({ text, second, seed }: State) => ({ sentence: text, second, seed });

/** The work of a state: its training, and how it writes. */
export const orderOf = (state: State) => ({
  ...trainingOf(state),
  off: state.off.map((name) => Number(name) - 1),
  begin: state.begin,
  temperature: state.temperature,
});

/** The page's state, in its address. */
export const address = addressState(fields);

/** The last run that came to its end; null before the page is there. */
export const whole = signal<Written | null>(null);

/** The run that is under way; null while there is none, or it has written nothing. */
export const growing = signal<Written | null>(null);

export const phase = signal<"recorded" | "learning" | "writing" | "done">("recorded");

/** Steps of the training that is under way. */
export const step = signal(0);

/** The change by the last move, in a sentence. */
export const moved = signal("");

/** The complaint. */
export const problems = signal<string[]>([]);

/** Whether there is work under way. */
export const isBusy = computed(() => phase.value === "learning" || phase.value === "writing");

/** Whether the settings are those of the last whole run. */
export const isCurrent = computed(
  () =>
    whole.value !== null &&
    JSON.stringify(orderOf(whole.value.state)) === JSON.stringify(orderOf(address.state.value)),
);

/** The result of the settings; null while it is not there. */
export const result = computed(() => (isCurrent.value && !isBusy.value ? whole.value : null));

/** Letters to begin with that no sentence has, so that the mixture does not know them. */
export const strangers = computed(() => {
  const { text, second, begin } = address.state.value;
  return [...new Set(begin)].filter((letter) => !`${text}${second} `.includes(letter));
});
