/** Deepest nesting of a peer's JSON; what we read is nested five deep. */
const deepest = 100;

/** Whether arrays and objects are nested more than a hundred deep, found without parsing. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      at++;
      while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    } else if (character === "[" || character === "{") {
      if (++depth > deepest) return true;
    } else if (character === "]" || character === "}") depth--;
  }
  return false;
}

/**
 * JSON of a peer that may be hostile.
 * @param refuse throws the error for text that is no JSON, or nested more than a hundred deep
 */
export function parsePeerJson(text: string, refuse: (why: string) => never): unknown {
  if (isTooDeep(text)) return refuse(`nested more than ${deepest} deep`);
  try {
    return JSON.parse(text);
  } catch {
    return refuse("no JSON");
  }
}
