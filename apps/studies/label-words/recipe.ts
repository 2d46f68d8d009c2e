import { blockTask, lookAlikeTask, type TinyRecipe, tinyRecipes } from "@deepgrain/icl-anchors";

/** Models that the study trains. */
export type ModelKind = "anchors" | "control" | "look-alike";

/** Sizes of the comparison. The same for all its runs. */
export interface ComparisonSettings {
  /** Four layers of width 32, or of width 24 with 8 topics. */
  scale: "tiny" | "small";
  /** Training steps of the models. */
  steps: Readonly<Record<ModelKind, number>>;
  /** Prompts of flow, isolation and attention. */
  prompts: number;
  /** Prompts of compression. */
  compressed: number;
  /** Tasks of re-weighting, and queries of each. */
  tasks: number;
  queries: number;
  /** Epochs of re-weighting. */
  epochs: number;
  /** Tasks of the diagnosis, and queries of each. */
  diagnoses: number;
  diagnosed: number;
}

const full: ComparisonSettings = {
  scale: "tiny",
  steps: { anchors: 3000, control: 3000, "look-alike": 1500 },
  prompts: 1000,
  compressed: 300,
  tasks: 20,
  queries: 400,
  epochs: 10,
  diagnoses: 30,
  diagnosed: 500,
};

/** Sizes by name. */
export const comparisonSettings = {
  quick: {
    ...full,
    scale: "small",
    steps: { anchors: 600, control: 600, "look-alike": 600 },
    prompts: 100,
    compressed: 60,
    tasks: 3,
    queries: 100,
    diagnoses: 3,
    diagnosed: 150,
  },
  default: {
    ...full,
    steps: { anchors: 1000, control: 1000, "look-alike": 1500 },
    prompts: 400,
    compressed: 150,
    tasks: 8,
    queries: 200,
    diagnoses: 10,
    diagnosed: 250,
  },
  full,
} satisfies Record<string, ComparisonSettings>;

/** Paired seeds of each size. */
export const seedCounts = { quick: 3, default: 5, full: 5 };

/** How a model of the study is built and trained. */
export function recipeOf(kind: ModelKind, { scale, steps }: ComparisonSettings): TinyRecipe {
  const sized = scale === "small" ? tinyRecipes.small : tinyRecipes[kind];
  const task = kind === "look-alike" ? lookAlikeTask : blockTask;
  return {
    ...sized,
    task: { ...task, topics: sized.task.topics },
    initialization: kind === "control" ? "plain" : "anchors",
    steps: steps[kind],
  };
}
