/** @file Prompts of the block task, the same in every test that asks for the same seed. */

import { createRandom } from "@deepgrain/lm";
import type {} from "@deepgrain/vitest/allclose";
import { type BlockTask, blockPrompts, blockTask, type Prompt } from "../../src";

export const promptsOf = (
  count: number,
  {
    seed = 1,
    task = blockTask,
    shots = 1,
  }: { seed?: number; task?: BlockTask; shots?: number } = {},
): Prompt[] => blockPrompts(task, { count, shots, random: createRandom(seed).next });

export const codeOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};
