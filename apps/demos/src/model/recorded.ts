import type { Description } from "./open-model";
import type { Turn, Written } from "./write";

/** The page's content before it is touched, as `npm run demos -- --record model` has written. */
export interface RecordedModel {
  command: string;
  commit: string;
  description: Description;
  prompt: string;
  temperature: number;
  /** Most of them. */
  tokens: number;
  seed: number;
  turns: Turn[];
  written: Pick<Written, "tokens" | "bytes">;
}
