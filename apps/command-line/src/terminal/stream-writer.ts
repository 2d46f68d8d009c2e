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
  if (!isTerminal)
    return (content) => send(typeof content === "function" ? content((text) => text) : content);
  const decoder = new TextDecoder();
  return (content) => {
    const open = typeof content === "object" ? "" : decoder.decode(); // of the bytes before this text
    if (typeof content === "function") return send(terminalText(open) + content(terminalText));
    const text = typeof content === "string" ? content : decoder.decode(content, { stream: true });
    send(terminalText(open + text));
  };
}
