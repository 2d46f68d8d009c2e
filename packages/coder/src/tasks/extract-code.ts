import { optionsOf, refuseUnknown, textOf } from "../errors";
import { definitionOf } from "./definition-of";

/** Options of {@link extractCode}. */
export interface ExtractOptions {
  /** Name of the function that is asked for. */
  entryPoint?: string | undefined;
}

/** Contents of the fenced blocks of an answer; a block that is never closed goes to the end. */
function fencedBlocks(answer: string): string[] {
  const blocks: string[] = [];
  let open: { mark: string; lines: string[] } | undefined;
  for (const line of answer.split(/\r?\n/)) {
    const fence = /^\s{0,3}(`{3,}|~{3,})\s*([^`]*)$/.exec(line);
    if (open === undefined) {
      if (fence !== null) open = { mark: fence[1]!, lines: [] };
    } else if (fence !== null && fence[1]!.startsWith(open.mark) && fence[2]!.trim() === "") {
      blocks.push(open.lines.join("\n"));
      open = undefined;
    } else open.lines.push(line);
  }
  if (open !== undefined) blocks.push(open.lines.join("\n"));
  return blocks;
}

/**
 * The program in an answer of a chat model: the last fenced block that defines the entry point; else the last block; else
 * the whole answer.
 *
 * @returns with one line break at its end
 * @see Zhu et al. 2024 (DeepSeek-Coder-V2), section 4.1
 */
export function extractCode(answer: string, options: ExtractOptions = {}): string {
  const { entryPoint, ...rest } = optionsOf("extractCode", options);
  refuseUnknown("extractCode", rest);
  textOf("extractCode", "answer", answer);
  const blocks = fencedBlocks(answer);
  const defining =
    entryPoint === undefined
      ? undefined
      : blocks.findLast((block) => definitionOf(block, entryPoint) !== undefined);
  return `${(defining ?? blocks.at(-1) ?? answer).replace(/\s+$/, "")}\n`;
}
