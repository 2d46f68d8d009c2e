import type { optim } from "@deepgrain/tensor-gpu";
import { having, listOf, optionsOf, refuseUnknown } from "../errors";
import { type ChosenRho, rhoGrid, searchRho, type TriedRho } from "../purify/search-rho";
import { fineTune } from "../training/fine-tune";
import type { Defender, EncoderDefence } from "./defences";
import { rowAccuracy, rowLoss } from "./row-classifier";

/** Options of {@link defendEncoder}. */
export interface DefendOptions<R> {
  /** Reserve ratios, for defences that have one. Default `rhoGrid`. */
  grid?: readonly number[] | undefined;
  /** Number of the random mask. Default 0. */
  mask?: number | undefined;
  /** Steps of fine-tuning on the clean rows after each cleaning; 0 for none. */
  tuneSteps: number;
  /** Its learning rate. Default 2e-5. */
  tuneRate?: optim.Schedule | number | undefined;
  /** Additional measurement after each cleaning, besides the accuracy on held-out rows. */
  measure(): Promise<R>;
  /** Whether all ratios are tried, for a curve. Default false. */
  tryAll?: boolean | undefined;
  /** Called after each ratio. */
  onTried?: ((tried: { rho: number; accuracy: number }) => void) | undefined;
}

/**
 * Cleans an encoder, fine-tunes it on the clean rows, and searches for the smallest reserve ratio that keeps the
 * accuracy on held-out rows. Afterwards the model has the weights of the last ratio that was tried.
 *
 * @throws {PurifyError} as `purify` and `searchRho`; the signal's reason
 */
export async function defendEncoder<T extends { label: number }, R>(
  defence: EncoderDefence,
  defender: Defender<T>,
  options: DefendOptions<R>,
): Promise<ChosenRho<R>> {
  const {
    grid = rhoGrid,
    mask = 0,
    tuneSteps: steps,
    tuneRate = 2e-5,
    tryAll = false,
    measure,
    onTried,
    ...rest
  } = optionsOf("defendEncoder", options);
  refuseUnknown("defendEncoder", rest);
  having("defendEncoder", "defence", defence, "id", "name");
  having("defendEncoder", "defender", defender, "classifier", "clean");
  const { classifier, clean, heldOut, threshold, seed, signal } = defender;
  const { model } = classifier;
  return searchRho({
    threshold,
    grid: defence.hasRho ? grid : [1],
    tryAll,
    signal,
    async evaluate(rho) {
      await defence.apply(defender, rho, mask);
      const events = fineTune(model, clean, {
        loss: rowLoss(classifier),
        seed,
        steps,
        lr: tuneRate,
        optimizer: {},
        signal,
      });
      if (steps > 0) for await (const _ of events);
      const accuracy = await rowAccuracy(classifier, heldOut);
      onTried?.({ rho, accuracy });
      return { accuracy, result: await measure() };
    },
  });
}

/** Means over random masks of the results of {@link defendEncoder}. */
export interface MeanDefence {
  rho: number;
  accuracy: number;
  /** Whether the accuracy was kept with every mask. */
  reached: boolean;
  result: Record<string, number>;
  tried: { rho: number; accuracy: number; result: Record<string, number> }[];
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

const meanResult = (results: readonly Readonly<Record<string, number>>[]) =>
  Object.fromEntries(
    Object.keys(results[0]!).map((key) => [key, meanOf(results.map((one) => one[key]!))]),
  );

/** Means over masks, ratio by ratio. @param found with the same grid, all of it tried */
export function meanDefence(
  found: readonly ChosenRho<Readonly<Record<string, number>>>[],
): MeanDefence {
  listOf("meanDefence", "found", found);
  const means = (of: readonly TriedRho<Readonly<Record<string, number>>>[]) => ({
    rho: meanOf(of.map(({ rho }) => rho)),
    accuracy: meanOf(of.map(({ accuracy }) => accuracy)),
    result: meanResult(of.map(({ result }) => result)),
  });
  return {
    ...means(found),
    reached: found.every(({ reached }) => reached),
    tried: found[0]!.tried.map((_, i) => means(found.map(({ tried }) => tried[i]!))),
  };
}
