import type { ToolFormat } from "./forms";
import type { Tool, ToolChoice } from "./tool";

/** The calls that an answer may have, as data. */
export interface ToolRules {
  readonly format: ToolFormat;
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice;
  /** Whether the answer may have several calls. */
  readonly isParallel: boolean;
  /** Whether the prompt ends where the answer begins to think. */
  readonly isThinking: boolean;
}
