import { WatermarkError } from "../errors";
import { entropyOf, type ProxyLM, type QuantisedDistribution, quantise } from "./proxy-lm";

/** The fields of a profile that decide what the proxy is asked. */
export interface ProxyFields {
  vocab_size: number;
  lm_prefix_len: number;
  /** Positions with less entropy are left out; default: none. */
  min_entropy?: number | undefined;
}

/** The proxy's distribution before each position, quantised; none for Vanilla-Marking. */
export interface Distributions {
  readonly isUsed: boolean;
  /**
   * @returns the distribution of the token at `at` (`undefined` without a proxy), or `"skip"` where
   *   its entropy is below the profile's `min_entropy`
   * @throws {WatermarkError} `ERR_ASYNC_PROXY` when the proxy is asynchronous and was not awaited
   */
  at(ids: ArrayLike<number>, at: number, start: number): QuantisedDistribution | undefined | "skip";
  /** Whether the proxy returns promises; calls it once. */
  isAsync(): boolean;
  /** Calls the proxy and stores its result for `at`. */
  fetch(ids: ArrayLike<number>, at: number, start: number): Promise<void>;
}

const keptAnswers = 8192;

/** Binds a profile to its proxy. */
export function distributionsOf(
  { vocab_size, lm_prefix_len, min_entropy = 0 }: ProxyFields,
  proxy: ProxyLM | undefined,
): Distributions {
  if (!proxy)
    return { isUsed: false, at: () => undefined, isAsync: () => false, fetch: async () => {} };
  const answers = new Map<string, QuantisedDistribution>();
  const contextOf = (ids: ArrayLike<number>, at: number, start: number) => {
    const from = Math.max(start, at - lm_prefix_len);
    return Array.from({ length: at - from }, (_, i) => ids[from + i]!);
  };
  let answersLater: boolean | undefined;
  return {
    isUsed: true,
    isAsync() {
      if (answersLater === undefined) {
        const answer = proxy.next([]);
        answersLater = answer instanceof Promise;
        if (answer instanceof Promise) answer.catch(() => {}); // only its type matters here
      }
      return answersLater;
    },
    at(ids, at, start) {
      const context = contextOf(ids, at, start);
      let distribution = answers.size ? answers.get(context.join()) : undefined;
      if (!distribution) {
        const probabilities = proxy.next(context);
        if (probabilities instanceof Promise) {
          probabilities.catch(() => {}); // reported by the error below
          throw new WatermarkError(
            "ERR_ASYNC_PROXY",
            `proxy ${proxy.id} is asynchronous: await prepare() first, or use a synchronous proxy`,
          );
        }
        distribution = quantise(probabilities, vocab_size);
      }
      return min_entropy > 0 && entropyOf(distribution) < min_entropy ? "skip" : distribution;
    },
    async fetch(ids, at, start) {
      const context = contextOf(ids, at, start);
      const name = context.join();
      if (answers.has(name)) return;
      const distribution = quantise(await proxy.next(context), vocab_size);
      if (answers.size >= keptAnswers) answers.delete(answers.keys().next().value!);
      answers.set(name, distribution);
    },
  };
}
