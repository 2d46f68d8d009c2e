/** @file Prompts of the block task, the same in every test that asks for the same seed. */
import { createRandom } from "@deepgrain/lm";
import { blockPrompts, blockTask } from "../../src";
export const promptsOf = (count, { seed = 1, task = blockTask, shots = 1, } = {}) => blockPrompts(task, { count, shots, random: createRandom(seed).next });
export const codeOf = async (work) => {
    try {
        await work();
    }
    catch (error) {
        return error.code;
    }
    return undefined;
};
