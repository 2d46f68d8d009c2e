import { existsSync } from "node:fs";
import { join } from "node:path";

/** `--resume`, if there is a run in the folder. */
export const resuming = (folder: string): string[] =>
  existsSync(join(folder, "run.json")) ? ["--resume"] : [];
