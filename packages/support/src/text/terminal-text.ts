/** Control characters (C0, DEL and C1) but for the tab, and the line break as `\n` or `\r\n`. */
const controls = /(?![\t\n]|\r\n)\p{Cc}/gu;

/**
 * A text as a terminal may show it: control characters (C0, DEL and C1), all but tab and line break, as escapes such as
 * `\u001b`. Whoever wrote it can then neither move the cursor nor set title, colours or clipboard. Other texts stay as they
 * are, and so does a text that was made this way.
 */
export const terminalText = (text: string): string =>
  text.replaceAll(
    controls,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
