import { type Signal, signal } from "@preact/signals";
import { type Fields, readState, type StateOf, writeState } from "../state/address-state";

/** The end of the address that holds the page's state, as the page has written it last: "" or "#" and the state. */
export const hash = signal(globalThis.location?.hash ?? "");

/** A page's state, which its address follows. */
export interface AddressState<F extends Fields> {
  state: Signal<StateOf<F>>;
  /** The fault of the address that the page was opened with. */
  problems: Signal<string[]>;
  /** Reads the address; call it when the page is there. */
  read(): void;
  /** Changes parts of the state, and the address with it. */
  set(part: Partial<StateOf<F>>): void;
}

/** State with its initial values, until `read` is called. */
export function addressState<F extends Fields>(fields: F): AddressState<F> {
  const state = signal(readState(fields, "").state);
  const problems = signal<string[]>([]);
  return {
    state,
    problems,
    read() {
      const found = readState(fields, location.hash);
      state.value = found.state;
      problems.value = found.problems;
    },
    set(part) {
      state.value = { ...state.value, ...part };
      const { pathname, search } = location;
      hash.value = writeState(fields, state.value);
      history.replaceState(null, "", `${pathname}${search}${hash.value}`);
    },
  };
}
