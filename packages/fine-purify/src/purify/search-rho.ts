import { takeTurn } from "@deepgrain/support";
import { having, optionsOf, PurifyError, refuseUnknown } from "../errors";

/** Reserve ratios that are tried: rankings need the values near 1, random masks those in the middle. */
export const rhoGrid: readonly number[] = [
  0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1,
];

/** A reserve ratio that was tried. */
export interface TriedRho<R> {
  readonly rho: number;
  /** Accuracy on held-out clean data after fine-tuning. */
  readonly accuracy: number;
  readonly result: R;
}

/** Outcome of {@link searchRho}. */
export interface ChosenRho<R> extends TriedRho<R> {
  /** False if no ratio reached the threshold, so that the largest was used. */
  readonly reached: boolean;
  readonly tried: readonly TriedRho<R>[];
}

/** Options of {@link searchRho}. */
export interface SearchRhoOptions<R> {
  /** Minimum accuracy, such as that of the fine-tuned model minus 5 points. */
  threshold: number;
  /** Default `rhoGrid`. */
  grid?: readonly number[] | undefined;
  /** Purifies at ρ, fine-tunes, and measures accuracy on clean data that were not trained on. */
  evaluate(rho: number): Promise<{ accuracy: number; result: R }>;
  /** Whether ratios above the chosen one are tried too, for a curve. Default false. */
  tryAll?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The smallest reserve ratio at which accuracy on held-out clean data stays above a threshold, so that methods are compared at
 * equal clean accuracy. Accuracy does not necessarily increase with ρ: ratios are tried from the smallest.
 *
 * @throws {PurifyError} `ERR_RANGE` for an empty grid or ratios outside [0, 1]; the signal's reason
 * @see a reconstruction: how Zhang et al. 2023 choose ρ is not confirmed
 */
export async function searchRho<R>(options: SearchRhoOptions<R>): Promise<ChosenRho<R>> {
  having("searchRho", "options", options, "threshold", "evaluate");
  const {
    threshold,
    grid = rhoGrid,
    evaluate,
    tryAll = false,
    signal,
    ...rest
  } = optionsOf("searchRho", options);
  refuseUnknown("searchRho", rest);
  const ratios = [...grid].sort((a, b) => a - b);
  const wrong = ratios.find((rho) => !(rho >= 0 && rho <= 1));
  if (ratios.length === 0 || wrong !== undefined)
    throw new PurifyError(
      "ERR_RANGE",
      `fine-purify/searchRho: the grid must hold ratios from 0 to 1, got ${wrong ?? "none"}`,
      { fields: { grid } },
    );
  const tried: TriedRho<R>[] = [];
  let chosen: TriedRho<R> | undefined;
  for (const rho of ratios) {
    await takeTurn();
    signal?.throwIfAborted();
    const one = { rho, ...(await evaluate(rho)) };
    tried.push(one);
    if (one.accuracy >= threshold) chosen ??= one;
    if (chosen && !tryAll) break;
  }
  return { ...(chosen ?? tried.at(-1)!), reached: chosen !== undefined, tried };
}
