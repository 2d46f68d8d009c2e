/** A step as one reads it: without the calculation's annotation. */
export const readable = (step: string): string => step.replaceAll(/<<[^>]*>>/g, "");

/** A step as the models read it: its calculation annotated. The inverse of `readable`. */
export const annotated = (text: string): string =>
  text.replace(
    /(-?\d+(?:\.\d+)?) ?([-+*/]) ?(-?\d+(?:\.\d+)?) ?= ?(-?\d+(?:\.\d+)?)/,
    "$1 $2 $3 = <<$1$2$3=$4>>$4",
  );

/** Letters that a step may have. */
export const LONGEST = 200;

/** The fault of a changed step; undefined if it can be scored. */
export function problemOf(text: string): string | undefined {
  if (text.trim() === "") return "A step needs some words; its scores stay as they were.";
  if ([...text].length > LONGEST) return `A step may have ${LONGEST} characters.`;
  return undefined;
}
