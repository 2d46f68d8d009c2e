/** Signs for white space in a token that is shown. */
const marks: Readonly<Record<string, string>> = { " ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥" };

/** The text of a token for people, white space visible: `␣The`, `↵↵`. A part of a character stays U+FFFD. */
export const shownToken = (text: string): string =>
  text.replaceAll(/[ \n\r\t]/g, (space) => marks[space]!);
