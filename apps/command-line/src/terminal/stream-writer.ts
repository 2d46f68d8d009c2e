import { terminalText } from "@deepgrain/support";
import type { Content } from "../commands/context";

/**
 * Writes to a terminal or to something else. A terminal gets every text as `terminalText` shows it, but for our own colours.
 * @param send sends a text, or the bytes of one, as it is
 */
export function streamWriter(
  isTerminal: boolean,
  send: (content: string | Uint8Array) => void,
): (content: Content) => void {
  const decoder = new TextDecoder();
  return (content) => {
    if (!isTerminal) send(typeof content === "function" ? content((text) => text) : content);
    else if (content instanceof Uint8Array)
      send(terminalText(decoder.decode(content, { stream: true })));
    else {
      const open = terminalText(decoder.decode()); // of the bytes before this text
      const text = typeof content === "string" ? terminalText(content) : content(terminalText);
      send(open + text);
    }
  };
}
