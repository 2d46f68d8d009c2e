import { nextTurn, onAbort } from "@deepgrain/support";

let turns: Promise<void> = Promise.resolve();

/** A turn of the event loop for one of those who ask, in their order: however many work, a turn has one slice of work. */
export function turnInLine(): Promise<void> {
  turns = turns.then(nextTurn);
  return turns;
}

/** Those who wait to work alone; the first one works. */
const line: (() => void)[] = [];

/** Waits until nobody before has to work alone. @throws the signal's reason */
async function place(signal: AbortSignal | undefined): Promise<() => void> {
  signal?.throwIfAborted();
  let start: () => void = () => undefined;
  const leave = () => {
    const at = line.indexOf(start);
    line.splice(at, 1);
    if (at === 0) line[0]?.();
  };
  await new Promise<void>((resolve, reject) => {
    const forget = onAbort(signal, () => {
      leave();
      reject(signal!.reason);
    });
    start = () => {
      forget();
      resolve();
    };
    if (line.push(start) === 1) start();
  });
  return leave;
}

/** Does work that needs much memory: one such work after another. @throws the signal's reason, and what the work throws */
export async function alone<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const leave = await place(signal);
  try {
    return await work();
  } finally {
    leave();
  }
}
