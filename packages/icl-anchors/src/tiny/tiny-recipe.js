import { blockTask, lookAlikeTask } from "./block-task";
const fourLayers = { layers: 4, width: 32, heads: 4, batch: 32, seed: 0 };
/**
 * Recipes by name: `anchors` is the shipped model, `control` reaches the same accuracy without anchors, `look-alike` is
 * unsure on purpose, `small` trains in a minute.
 */
export const tinyRecipes = {
    anchors: {
        ...fourLayers,
        task: blockTask,
        mlpRatio: 4,
        steps: 3000,
        initialization: "anchors",
    },
    control: { ...fourLayers, task: blockTask, mlpRatio: 1, steps: 3000, initialization: "plain" },
    "look-alike": {
        ...fourLayers,
        task: lookAlikeTask,
        mlpRatio: 4,
        steps: 1500,
        initialization: "anchors",
        // Of the first seeds the one that gathers texts in the first block already, so that later keys tell topics apart.
        seed: 1,
    },
    small: {
        task: { ...blockTask, topics: 8 },
        layers: 4,
        width: 24,
        heads: 3,
        mlpRatio: 1,
        batch: 16,
        steps: 800,
        initialization: "anchors",
        // Seed 0 has not left its plateau by then.
        seed: 1,
    },
};
