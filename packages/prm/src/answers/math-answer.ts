import { afterMarker, metamathMarker } from "./gsm8k-answer";

/**
 * The content of the last `\boxed{…}` (else of the last `\fbox{…}`), braces matched by depth.
 * @returns null where there is none or its brace never closes
 */
export function extractBoxed(text: string): string | null {
  const boxed = text.lastIndexOf("\\boxed");
  const at = boxed >= 0 ? boxed : text.lastIndexOf("\\fbox");
  const open = at < 0 ? -1 : at + (boxed >= 0 ? "\\boxed" : "\\fbox").length;
  if (open < 0 || text[open] !== "{") return null;
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0) return text.slice(open + 1, i);
  }
  return null;
}

/**
 * The answer of a MetaMath-style solution: the text after the last marker, up to a full stop at the end of a line, without
 * one trailing full stop.
 *
 * @returns null without marker
 */
export function extractMarked(text: string, marker = metamathMarker): string | null {
  const after = afterMarker(text, marker);
  if (after === undefined) return null;
  const answer = after.split(".\n")[0]!.trim();
  return answer.endsWith(".") ? answer.slice(0, -1) : answer;
}
