import { type Signal, signal } from "@preact/signals";
import {
  type Fields,
  initialOf,
  readState,
  STEP,
  type StateOf,
  writeState,
} from "../state/address-state";

/** An entry of the history that a story has made: going back to it opens no page anew. */
export interface StoryEntry {
  isStory: true;
}

/** The end of the address that holds the page's state, as the page has written it last: "" or "#" and the state. */
export const hash = signal(globalThis.location?.hash ?? "");

/** A page's state, which its address follows. */
export interface AddressState<F extends Fields> {
  fields: F;
  state: Signal<StateOf<F>>;
  /** The fault of the address that the page was opened with. */
  problems: Signal<string[]>;
  /** Reads the address; call it when the page is there. @param part of a story's step, for what the address does not say */
  read(part?: Partial<StateOf<F>>): void;
  /** Changes parts of the state, and the address with it. */
  set(part: Partial<StateOf<F>>): void;
  /** Opens a step of the page's story: the address then holds its number, and what differs from its state. */
  open(step: number, part: Partial<StateOf<F>>): void;
}

/** State with its initial values, until `read` is called. */
export function addressState<F extends Fields>(fields: F): AddressState<F> {
  const initial = initialOf(fields);
  const state = signal(initial);
  const problems = signal<string[]>([]);
  // The state that the address leaves out, but for the number of the step.
  let base = initial;
  const keep = (how: "pushState" | "replaceState", entry: unknown) => {
    hash.value = writeState(fields, state.value, base);
    history[how](entry, "", `${location.pathname}${location.search}${hash.value}`);
  };
  return {
    fields,
    state,
    problems,
    read(part = {}) {
      base = { ...initial, ...part };
      const found = readState(fields, location.hash, base);
      state.value = found.state;
      problems.value = found.problems;
    },
    set(part) {
      state.value = { ...state.value, ...part };
      keep("replaceState", history.state);
    },
    open(step, part) {
      base = { ...initial, ...part };
      state.value = { ...base, [STEP]: step };
      const entry: StoryEntry = { isStory: true };
      keep(step === 0 ? "replaceState" : "pushState", entry);
    },
  };
}
