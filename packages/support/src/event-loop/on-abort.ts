/** The callbacks to run when a signal aborts. The signal itself has one listener, however many callbacks there are. */
const listeners = new WeakMap<AbortSignal, Set<() => void>>();

function listenersOf(signal: AbortSignal): Set<() => void> {
  const known = listeners.get(signal);
  if (known) return known;
  const own = new Set<() => void>();
  listeners.set(signal, own);
  const tell = () => {
    listeners.delete(signal);
    for (const call of own) call();
  };
  signal.addEventListener("abort", tell, { once: true });
  return own;
}

/**
 * Calls a function once the signal aborts. Hundreds of requests may wait for one signal, and Node warns of more than ten listeners.
 * @returns a function that removes the callback
 */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (!signal) return () => undefined;
  const own = listenersOf(signal);
  own.add(call);
  return () => void own.delete(call);
}
