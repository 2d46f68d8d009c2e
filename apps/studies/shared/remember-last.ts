/** A reader that keeps what it read last, for runs of a thread that read the same. `Inputs` are plain data. */
export function rememberLast<Inputs extends unknown[], T>(
  read: (...inputs: [...Inputs, AbortSignal]) => Promise<T>,
): typeof read {
  let last: { key: string; value: Promise<T> } | undefined;
  return async (...inputs) => {
    const key = JSON.stringify(inputs.slice(0, -1));
    if (last?.key !== key) last = { key, value: read(...inputs) };
    try {
      return await last.value;
    } catch (error) {
      last = undefined;
      throw error;
    }
  };
}
