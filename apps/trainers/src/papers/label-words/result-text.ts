import { decimal, textTable } from "@deepgrain/lab";
import type { CliContext } from "../../cli/context";
import type { OpenPrompts } from "./open-prompts";

/** The mean of numbers; null where one is missing or there is none. */
export const meanOf = (values: readonly (number | null)[]): number | null =>
  values.length === 0 || values.includes(null)
    ? null
    : (values as number[]).reduce((a, b) => a + b, 0) / values.length;

/** Position by position the mean of several lists. */
export const meanList = (lists: readonly (readonly number[])[]): number[] =>
  lists[0]!.map((_, i) => meanOf(lists.map((list) => list[i]!))!);

/** Field by field the mean of several results. */
export const meanFields = <K extends string>(
  results: readonly Readonly<Record<K, number | null>>[],
  ...keys: readonly K[]
): Record<K, number | null> =>
  Object.fromEntries(keys.map((key) => [key, meanOf(results.map((one) => one[key]))])) as Record<
    K,
    number | null
  >;

/** A number for tables. */
export const shown = (value: number | null): string => (value === null ? "–" : decimal(value));

/** Prints a result as JSON, or a table. */
export function writeResult(
  { write }: CliContext,
  {
    json,
    about,
    result,
    head,
    body,
  }: {
    json: boolean;
    about: OpenPrompts["about"];
    result: object;
    head: readonly string[];
    body: readonly (readonly string[])[];
  },
): void {
  write(json ? `${JSON.stringify({ ...about, ...result })}\n` : `${textTable([head, ...body])}\n`);
}

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
