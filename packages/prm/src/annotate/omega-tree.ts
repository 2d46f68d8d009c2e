import { type AnswerChecker, createAnswerChecker } from "../answers/answer-checker";
import { type Completer, complete } from "../completers/completer";
import { optionsOf, real, refuseUnknown, whole } from "../errors";
import { completionSeed } from "../random/seeds";
import { splitSteps } from "../solutions/solution";
import { type OmegaState, priority } from "./omega-state";

/** Options of {@link omegaTree}. Defaults as in openr's re-implementation. */
export interface OmegaTreeOptions {
  readonly completer: Completer;
  /** Default: `createAnswerChecker()`. */
  readonly checker?: AnswerChecker | undefined;
  /** k: rollouts per state. Default 16. */
  readonly rollouts?: number | undefined;
  /**
   * Rollouts of the problem itself, at least `rollouts` of them: only problems of which some but not all are right are
   * searched. Default 32.
   */
  readonly filterRollouts?: number | undefined;
  /** α of the value of a state. Default 0.5. */
  readonly alpha?: number | undefined;
  /** β of the length of a rollout. Default 0.9. */
  readonly beta?: number | undefined;
  /** L, in words. Default 500. */
  readonly lengthScale?: number | undefined;
  /** Weight of rarely visited states. Default 0.125. */
  readonly cPuct?: number | undefined;
  /** Maximum number of binary searches. Default 100. */
  readonly searchLimit?: number | undefined;
  /** No search starts after this many rollouts. Default 200. */
  readonly rolloutBudget?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A tree of annotated prefixes. */
export interface OmegaTree {
  readonly problem: string;
  readonly root: OmegaState;
  readonly rollouts: number;
  readonly searches: number;
  /** False where all or none of the root's rollouts are right: such problems give no information and are not searched. */
  readonly isInformative: boolean;
}

interface Candidate {
  readonly state: OmegaState;
  /** Steps of a wrong rollout from the state. */
  readonly wrong: readonly string[];
}

/** Options with their defaults. */
function settingsOf(options: OmegaTreeOptions) {
  const {
    completer,
    checker = createAnswerChecker(),
    rollouts: k = 16,
    filterRollouts = 32,
    alpha = 0.5,
    beta = 0.9,
    lengthScale = 500,
    cPuct = 0.125,
    searchLimit = 100,
    rolloutBudget = 200,
    seed = 0,
    signal,
    ...rest
  } = optionsOf("omegaTree", options);
  refuseUnknown("omegaTree", rest);
  for (const [name, value] of Object.entries({ k, filterRollouts, searchLimit, rolloutBudget }))
    whole("omegaTree", name === "k" ? "rollouts" : name, value, { min: 1 });
  real("omegaTree", "alpha", alpha, { min: 0, max: 1 });
  real("omegaTree", "beta", beta, { min: 0, max: 1 });
  return {
    completer,
    checker,
    k,
    filterRollouts,
    alpha,
    beta,
    lengthScale,
    cPuct,
    searchLimit,
    rolloutBudget,
    seed,
    signal,
  };
}

/**
 * Collects values of prefixes of one problem by tree search: it selects the most promising wrong rollout and finds
 * its first error by binary search, keeping every state it visits.
 *
 * @see Luo et al. 2024 (OmegaPRM), section 3; priority Q + U with Q = α^(1−MC) · β^(words/L) and
 *   U = c_puct · √(ΣN) / (1 + N)
 */
export async function omegaTree(
  problem: string,
  gold: string,
  options: OmegaTreeOptions,
): Promise<OmegaTree> {
  const { completer, checker, k, filterRollouts, seed, signal, ...settings } = settingsOf(options);
  const { searchLimit, rolloutBudget, ...weights } = settings;
  const pool: Candidate[] = [];
  const states = new Map<string, OmegaState>();
  let [rolloutCount, searches, visits] = [0, 0, 0];

  async function stateOf(parent: OmegaState | undefined, added: readonly string[]) {
    const steps = [...(parent?.steps ?? []), ...added];
    const key = JSON.stringify(steps);
    const known = states.get(key);
    if (known) return known;
    const count = parent ? k : Math.max(k, filterRollouts);
    const seeds = Array.from({ length: count }, (_, i) =>
      completionSeed(seed, `${problem}${key}`, 0, i),
    );
    const made = await complete(completer, { problem, steps }, { seeds, signal });
    rolloutCount += count;
    const wrong = made.filter(({ text }) => !checker.check(text, gold).correct);
    const state: OmegaState = {
      steps,
      added,
      value: 1 - wrong.length / count,
      visits: 0,
      children: [],
    };
    states.set(key, state);
    parent?.children.push(state);
    if (state.value > 0 && state.value < 1)
      for (const { text } of wrong) pool.push({ state, wrong: splitSteps(text) });
    return state;
  }

  /** Removes the best candidate from the pool; the oldest one on a tie. */
  function takeBest(): Candidate {
    const score = ({ state, wrong }: Candidate) => priority(state, wrong, { ...weights, visits });
    let best = 0;
    for (let i = 1; i < pool.length; i++) if (score(pool[i]!) > score(pool[best]!)) best = i;
    return pool.splice(best, 1)[0]!;
  }

  async function search({ state: from, wrong }: Candidate): Promise<void> {
    let [state, low, high] = [from, 0, wrong.length - 1];
    while (low <= high) {
      signal?.throwIfAborted();
      const middle = (low + high) >> 1;
      const next = await stateOf(state, wrong.slice(low, middle + 1));
      if (next.value === 0) high = middle - 1;
      else [state, low] = [next, middle + 1];
    }
  }

  const root = await stateOf(undefined, []);
  while (pool.length > 0 && searches < searchLimit && rolloutCount < rolloutBudget) {
    const candidate = takeBest();
    candidate.state.visits++;
    visits++;
    searches++;
    await search(candidate);
  }
  const isInformative = root.value > 0 && root.value < 1;
  return { problem, root, rollouts: rolloutCount, searches, isInformative };
}
