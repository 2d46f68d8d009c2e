import { iterableOf, optionsOf, refuseUnknown } from "../errors";
/** A held-out loss and the step after which it was measured. */
export interface BestStep {
  step: number;
  loss: number;
}

/** Options of {@link keepBest}. */
export interface KeepBestOptions {
  /** Stores the weights as they are now; called at each evaluation that beats all before it. */
  save: (best: BestStep) => unknown;
  /** The best of an earlier session that is resumed. Default null. */
  known?: BestStep | null | undefined;
}

/**
 * Passes on a training's events and stores the weights whenever their held-out loss is the lowest so far, so that the
 * weights stored at the end are those of the best evaluation, not of the last step.
 *
 * @param events of `fit`, or of a training built on it, with `evaluation`
 * @returns the best evaluation; null if none gave a finite loss
 * @see Wang et al. 2024 (ESFT), experiment setup: evaluate every 100 steps, keep the best
 */
export async function* keepBest<Event extends { type: string }>(
  events: AsyncIterable<Event>,
  options: KeepBestOptions,
): AsyncGenerator<Event, BestStep | null> {
  const { save, known = null, ...rest } = optionsOf("keepBest", options);
  refuseUnknown("keepBest", rest);
  iterableOf("keepBest", "events", events);
  let best = known;
  for await (const event of events) {
    const { step, loss } = event as Event & BestStep;
    if (event.type === "eval-end" && loss < (best?.loss ?? Infinity)) {
      best = { step, loss };
      await save(best);
    }
    yield event;
  }
  return best;
}
