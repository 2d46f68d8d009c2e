import type { optim } from "@deepgrain/tensor-gpu";
import { type ChosenRho, rhoGrid, searchRho } from "../purify/search-rho";
import { fineTune } from "../training/fine-tune";
import type { Defender, EncoderDefence } from "./defences";
import { rowAccuracy, rowLoss } from "./row-classifier";

/** Options of {@link defendEncoder}. */
export interface DefendOptions<R> {
  /** Reserve ratios, for defences that have one. Default {@link rhoGrid}. */
  grid?: readonly number[];
  /** Number of the random mask. Default 0. */
  mask?: number;
  /** Steps of fine-tuning on the clean rows after each cleaning; 0 for none. */
  tuneSteps: number;
  /** Its learning rate. Default 2e-5. */
  tuneRate?: optim.Schedule | number;
  /** What is measured after each cleaning, besides the accuracy on held-out rows. */
  measure(): Promise<R>;
  /** Whether all ratios are tried, for a curve. Default false. */
  tryAll?: boolean;
  /** Called after each ratio. */
  onTried?: (tried: { rho: number; accuracy: number }) => void;
}

/**
 * Cleans an encoder, fine-tunes it on the clean rows, and looks for the smallest reserve ratio that keeps the accuracy on held-out
 * rows. The model holds the weights of the last ratio that was tried.
 *
 * @throws {PurifyError} as `purify` and `searchRho`; the signal's reason
 */
export async function defendEncoder<T extends { label: number }, R>(
  defence: EncoderDefence,
  defender: Defender<T>,
  options: DefendOptions<R>,
): Promise<ChosenRho<R>> {
  const { classifier, clean, heldOut, threshold, seed, signal } = defender;
  const { grid = rhoGrid, mask = 0, tuneSteps: steps, tuneRate = 2e-5, tryAll = false } = options;
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
        schedule: tuneRate,
        optimizer: {},
        signal,
      });
      if (steps > 0) for await (const _ of events);
      const accuracy = await rowAccuracy(classifier, heldOut);
      options.onTried?.({ rho, accuracy });
      return { accuracy, result: await options.measure() };
    },
  });
}
