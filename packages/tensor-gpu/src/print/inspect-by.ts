/** Keys under which runtimes look for a value's own text: Node and Bun, then Deno. */
const inspectors = [
  Symbol.for("nodejs.util.inspect.custom"),
  Symbol.for("Deno.customInspect"),
] as const;

/** Gives the objects of a class their `toString()` wherever a console shows them. */
export function inspectByText(prototype: object): void {
  for (const key of inspectors)
    Object.defineProperty(prototype, key, {
      configurable: true,
      value(this: object) {
        return String(this);
      },
    });
}

/** Writes to the console of any runtime. */
export function writeLine(text: string): void {
  (globalThis as unknown as { console: { log(text: string): void } }).console.log(text);
}
