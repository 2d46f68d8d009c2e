/** A value as a program has it: a finite number, a text, null, or lists and records of them. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, own]) => `${name}: ${literal(own)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** The address of the site: where its page is, or where it will be served. */
const site = (): string =>
  globalThis.document
    ? new URL("./", document.baseURI).href
    : (process.env.DEEPGRAIN_URL || "http://localhost:4173").replace(/\/?$/, "/");

/** Lines by which a program reads the files that the site ships, by their names in `recorded`. */
export const readsFiles = (): string => `// The playground's files, from where it is served.
const files = ${literal(`${site()}recorded/`)};
const read = async (name) => (await fetch(files + name)).blob();`;
