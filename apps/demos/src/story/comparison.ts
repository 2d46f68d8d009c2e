import { type Fields, initialOf, type StateOf } from "../state/address-state";
import { differing } from "./player";
import type { Step } from "./step";

/** The states of a step, and how a page's state stands to them. */
export function comparisonOf<F extends Fields, R>(fields: F, { states }: Step<StateOf<F>, R>) {
  const whole = (part: Partial<StateOf<F>> | undefined) => ({ ...initialOf(fields), ...part });
  const [first, last] = [whole(states[0]), whole(states.at(-1))];
  const names = differing(fields, first, last);
  const part = (state: StateOf<F>) =>
    Object.fromEntries(names.map((name) => [name, state[name]])) as Partial<StateOf<F>>;
  return {
    first,
    last,
    /** Whether two states are compared. */
    hasMove: names.length > 0,
    /** The values of the control before it is moved, and then. */
    before: part(first),
    after: part(last),
    /** Whether two states differ at most in what the step moves. */
    isAlike: (one: StateOf<F>, other: StateOf<F>) =>
      differing(fields, one, other).every((name) => names.includes(name)),
    /** Whether what the step moves differs between two states. */
    isMoved: (one: StateOf<F>, other: StateOf<F>) =>
      differing(fields, one, other).some((name) => names.includes(name)),
  };
}
