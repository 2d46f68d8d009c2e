const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Where a string ends that begins at `start`. */
function stringEnd(json: string, start: number): number {
  let end = start;
  for (;;) {
    end = json.indexOf('"', end + 1);
    let slashes = 0;
    while (json.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
}

/**
 * The first key that an object of a JSON text has twice, of which `JSON.parse` would silently keep the last.
 *
 * @param json a text that `JSON.parse` reads
 * @returns the key, undefined if every key is there once
 */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | null)[] = []; // the keys of each open object, null for a list
  let isKeyNext = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === OBJECT || code === LIST) {
      open.push(code === OBJECT ? new Set() : null);
      isKeyNext = code === OBJECT;
    } else if (code === OBJECT_END || code === LIST_END) {
      open.pop();
      isKeyNext = false;
    } else if (code === COMMA) isKeyNext = open.at(-1) !== null;
    else if (code === QUOTE) {
      const end = stringEnd(json, at);
      if (isKeyNext) {
        const keys = open.at(-1)!;
        const key = JSON.parse(json.slice(at, end + 1)) as string;
        if (keys!.has(key)) return key;
        keys!.add(key);
      }
      isKeyNext = false;
      at = end;
    }
  }
  return undefined;
}
