/** The end of the text or number, list or object that begins at `at`. */
function endOf(json: string, at: number): number {
  let depth = 0;
  for (let i = at; i < json.length; i++) {
    const sign = json[i]!;
    if (sign === '"') {
      for (i++; json[i] !== '"'; i++) if (json[i] === "\\") i++;
      if (depth === 0) return i + 1;
    } else if (sign === "[" || sign === "{") depth++;
    else if (sign === "]" || sign === "}") {
      if (depth === 0) return i;
      if (--depth === 0) return i + 1;
    } else if (sign === "," && depth === 0) return i;
  }
  return json.length;
}

/**
 * A field of a JSON object as it is written, where 1 and 1.0 differ and no digit of a number is lost.
 *
 * @param json an object that JSON.parse has read
 * @returns undefined if there is no such field; of two with one name, the last
 */
export function rawField(json: string, name: string): string | undefined {
  const space = /[\s,:]*/y;
  const skip = (from: number) => {
    space.lastIndex = from;
    space.exec(json);
    return space.lastIndex;
  };
  let found: string | undefined;
  let at = skip(json.indexOf("{") + 1);
  while (json[at] === '"') {
    const keyEnd = endOf(json, at);
    const start = skip(keyEnd);
    const end = endOf(json, start);
    if (JSON.parse(json.slice(at, keyEnd)) === name) found = json.slice(start, end).trim();
    at = skip(end);
  }
  return found;
}
