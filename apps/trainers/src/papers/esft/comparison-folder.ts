import { join } from "node:path";
import type { TaskId } from "./tasks";

/** Where everything of a comparison lies. */
export interface ComparisonFolder {
  path: string;
  tokenizer: string;
  /** Base model of a seed. */
  base(seed: number): string;
  /** Checkpoints of its training, while it lasts. */
  checkpoints(seed: number): string;
  /** How much each text uses each expert of a base model. */
  scores(seed: number): string;
  /** Result of one fine-tuning. */
  tuning(seed: number, task: TaskId, method: string): string;
  /** Times and bytes of the methods' steps. */
  costs(seed: number): string;
}

/** The paths of a comparison. */
export function comparisonFolder(path: string): ComparisonFolder {
  const seeded = (kind: string, seed: number) => join(path, kind, `seed-${seed}`);
  return {
    path,
    tokenizer: join(path, "tokenizer"),
    base: (seed) => seeded("bases", seed),
    checkpoints: (seed) => seeded("checkpoints", seed),
    scores: (seed) => `${seeded("scores", seed)}.json`,
    tuning: (seed, task, method) => `${seeded(join("tunings", task, method), seed)}.json`,
    costs: (seed) => `${seeded("costs", seed)}.json`,
  };
}
