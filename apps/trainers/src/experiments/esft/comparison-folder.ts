import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../cli/usage-error";
import { readJson } from "../../formats/read-json";
import { saveJson } from "../../formats/save-file";
import { type EsftSettings, settingsSchema } from "./settings";
import type { TaskId } from "./tasks";

/** Where everything of a comparison lies. */
export interface ComparisonFolder {
  path: string;
  settings: string;
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
    settings: join(path, "settings.json"),
    tokenizer: join(path, "tokenizer"),
    base: (seed) => seeded("bases", seed),
    checkpoints: (seed) => seeded("checkpoints", seed),
    scores: (seed) => `${seeded("scores", seed)}.json`,
    tuning: (seed, task, method) => `${seeded(join("tunings", task, method), seed)}.json`,
    costs: (seed) => `${seeded("costs", seed)}.json`,
  };
}

/**
 * Makes the folder's settings these, or sees that they are.
 * @throws {UsageError} for a folder with other settings
 */
export async function claimFolder(folder: ComparisonFolder, settings: EsftSettings): Promise<void> {
  if (!existsSync(folder.settings)) return saveJson(folder.settings, settings);
  const old = await readJson(folder.settings, settingsSchema);
  const differing = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(old[name as keyof EsftSettings]) !== JSON.stringify(value),
  );
  if (differing.length > 0)
    throw new UsageError(
      `${folder.path} holds a comparison with other settings (${differing.map(([name]) => name).join(", ")}); take another --out`,
    );
}
