import type { ReadonlySignal } from "@preact/signals";
import type { AddressState } from "../shell/use-address";
import type { Fields, StateOf } from "../state/address-state";

/** A page as its story moves it. */
export interface Player<F extends Fields, R> {
  address: AddressState<F>;
  /** Shows a recorded result of the state in the address, without a run. */
  show(result: R): void;
  /** Runs the state in the address, and comes back when its result is shown, or when the run has ended early. */
  run(): Promise<void>;
  /** The result of the state in the address; null while there is none, or it is older. */
  result: ReadonlySignal<R | null>;
}

/** Names of the fields whose values differ. */
export function differing<F extends Fields>(
  fields: F,
  one: StateOf<F>,
  other: StateOf<F>,
): (keyof F & string)[] {
  return Object.keys(fields).filter(
    (name) =>
      name !== "step" && fields[name]!.write(one[name]) !== fields[name]!.write(other[name]),
  );
}
