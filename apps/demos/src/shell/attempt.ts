import type { Signal } from "@preact/signals";
import { messageOf } from "./message-of";

/**
 * Does some work and says what went wrong beside its control; what was shown before stays.
 *
 * @param about messages beside the control
 * @param doing what is being done, in words; "" when the work is over
 * @param said the message about an error; undefined where newer work ended it
 */
export async function attempt(
  about: Signal<string[]>,
  doing: Signal<string>,
  work: () => Promise<void>,
  said: (error: unknown) => string | undefined = messageOf,
): Promise<void> {
  about.value = [];
  try {
    await work();
    doing.value = "";
  } catch (error) {
    const message = said(error);
    // Newer work, or the end of the worker, has taken its place.
    if (message === undefined) return;
    about.value = [message];
    doing.value = "";
  }
}
