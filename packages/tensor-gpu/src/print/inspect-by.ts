/** Keys under which runtimes look for a custom inspect function: Node and Bun, then Deno. */
const inspectors = [
  Symbol.for("nodejs.util.inspect.custom"),
  Symbol.for("Deno.customInspect"),
] as const;

/** Makes consoles show the objects of a class by their `toString()`. */
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
