/** The two models: equally good, but only one reads label words. */
export const modelNames = ["anchors", "control"] as const;

export type ModelName = (typeof modelNames)[number];

/** Their names, as people read them. */
export const modelTitles = { anchors: "Reads label words", control: "Does without" };

/** One of each model. */
export type Both<T> = Record<ModelName, T>;

/** Words that are cut off from those before them. */
export const targets = ["labels", "random"] as const;

export type Target = (typeof targets)[number];

/** From which end layers are counted; the first are near the input. */
export const ends = ["first", "last"] as const;

export type End = (typeof ends)[number];

/** Layers of both models, and prompts that are asked. */
export const [LAYERS, PROMPTS] = [4, 40];
