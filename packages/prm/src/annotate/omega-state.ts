/** A prefix of solutions with its value. */
export interface OmegaState {
  /** All steps of the prefix. */
  readonly steps: readonly string[];
  /** The steps that its parent does not have. */
  readonly added: readonly string[];
  /** MC: share of rollouts from here that reach the right answer. */
  readonly value: number;
  /** N: number of searches of rollouts from here. */
  visits: number;
  readonly children: OmegaState[];
}

/** Parameters and counts of the search that `priority` depends on. */
interface PrioritySettings {
  readonly alpha: number;
  readonly beta: number;
  readonly lengthScale: number;
  readonly cPuct: number;
  /** Visits of all states. */
  readonly visits: number;
}

/** Q + U of a wrong rollout. @see Luo et al. 2024 (OmegaPRM), equations 3 and 4 */
export function priority(
  state: OmegaState,
  wrong: readonly string[],
  { alpha, beta, lengthScale, cPuct, visits }: PrioritySettings,
): number {
  const words = wrong.join(" ").split(/\s+/).length;
  const quality = alpha ** (1 - state.value) * beta ** (words / lengthScale);
  return quality + (cPuct * Math.sqrt(visits)) / (1 + state.visits);
}

/** All states of a tree, parents first. */
export function* omegaStates(state: OmegaState): Generator<OmegaState, void> {
  yield state;
  for (const child of state.children) yield* omegaStates(child);
}
