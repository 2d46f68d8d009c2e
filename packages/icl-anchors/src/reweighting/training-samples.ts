import { takeTurn } from "@deepgrain/support";
import type { HookedModel } from "../model";
import type { Prompt } from "../prompts/prompt";
import { disposePast, type Past, readPast } from "../run/past";

/** A prompt of which everything before the target has already been read. */
export interface ReadSample {
  prompt: Prompt;
  /** Keys and values of the demonstrations, shared, and of the query up to the target. */
  pasts: readonly Past[];
}

/** Tokens at the start that all prompts have in common, at most up to where queries begin. */
function sharedTokens(prompts: readonly Prompt[]): number {
  const first = prompts[0]!;
  let shared = first.queryStart ?? 0;
  for (const { queryStart = 0 } of prompts) shared = Math.min(shared, queryStart);
  for (const { ids } of prompts)
    for (let i = 0; i < shared; i++) if (ids[i] !== first.ids[i]) shared = i;
  return shared;
}

/** Reads the tokens before each target once; the caller disposes the result. @throws the signal's reason */
export async function readSamples(
  model: HookedModel,
  prompts: readonly Prompt[],
  signal: AbortSignal | undefined,
): Promise<{ list: readonly ReadSample[]; dispose(): void }> {
  const shared = sharedTokens(prompts);
  const prefix = readPast(model, Array.from(prompts[0]!.ids).slice(0, shared));
  const list: ReadSample[] = [];
  const dispose = () => {
    disposePast(prefix);
    for (const { pasts } of list) disposePast(pasts[1]!);
  };
  try {
    for (const prompt of prompts) {
      await takeTurn();
      signal?.throwIfAborted();
      const own = Array.from(prompt.ids).slice(shared, prompt.target);
      list.push({ prompt, pasts: [prefix, readPast(model, own, { pasts: [prefix] })] });
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { list, dispose };
}
