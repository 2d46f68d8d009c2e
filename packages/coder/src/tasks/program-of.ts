import { having, textOf } from "../errors";
import { definitionOf } from "./definition-of";
import type { Program, Task } from "./task";

/**
 * The complete program with a completion: for `complete` after the prompt, for `infill` between prompt and suffix, for
 * `program` the completion itself. A completion of a whole function, as chat models answer, stands after what precedes
 * that function in the prompt, such as imports.
 */
export function programOf(task: Task, completion: string): Program {
  const {
    kind,
    prompt,
    suffix = "",
    entryPoint,
    language,
  } = having("programOf", "task", task, "kind", "prompt", "language");
  textOf("programOf", "completion", completion);
  if (kind === "program") return { language, code: completion };
  if (kind === "infill") return { language, code: prompt + completion + suffix };
  const isWhole = entryPoint !== undefined && definitionOf(completion, entryPoint) !== undefined;
  if (!isWhole) return { language, code: prompt + completion };
  const preamble = prompt.slice(0, definitionOf(prompt, entryPoint) ?? 0);
  return { language, code: preamble + completion };
}
