import type { CliContext } from "../commands/context";

/** Progress of a batch-wise measure as a task on display. */
export function following(
  { progress, signal }: CliContext,
  name: string,
): { signal: AbortSignal; onProgress: (done: number, all: number) => void } {
  const task = progress.task(name);
  return {
    signal,
    onProgress(done, all) {
      if (done < all) task.update(done / all, `${done} of ${all} prompts`);
      else task.end(`${all} prompts`);
    },
  };
}
