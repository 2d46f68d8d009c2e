import { batch, type Signal } from "@preact/signals";
import { attempt } from "./attempt";

/** A page's work, of which the visitor can stop what is under way. */
export interface OneAtATime {
  /** Ends what is under way, and does some work. @param said the work in words */
  run(said: string, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Ends what is under way; the settings of what is shown come back. */
  stop(): void;
  /** Ends what is under way for something that is shown in its place. */
  end(): void;
}

/**
 * Work of which one piece runs at a time.
 *
 * @param about messages about what went wrong
 * @param doing the work in progress, in words
 * @param moved the change by the last move; "" while the next is under way
 * @param back brings the settings of what is shown back, after a stop or an error
 */
export function oneAtATime({
  about,
  doing,
  moved,
  back,
}: {
  about: Signal<string[]>;
  doing: Signal<string>;
  moved: Signal<string>;
  back(): void;
}): OneAtATime {
  let running = new AbortController();
  return {
    run(said, work) {
      running.abort();
      running = new AbortController();
      const { signal } = running;
      moved.value = "";
      return attempt(about, doing, async () => {
        doing.value = said;
        try {
          await work(signal);
        } catch (error) {
          if (!signal.aborted) back();
          throw error;
        }
      });
    },
    stop() {
      running.abort();
      batch(() => {
        doing.value = "";
        back();
      });
    },
    end() {
      running.abort();
      batch(() => {
        doing.value = "";
        moved.value = "";
      });
    },
  };
}
