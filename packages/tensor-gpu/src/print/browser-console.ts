/** What browsers' consoles ask before they show an object, where custom formatters are switched on. */
interface Formatter {
  header(value: unknown): readonly unknown[] | null;
  hasBody(value: unknown): boolean;
}

/** Shows the objects that `isShown` accepts as their text in the consoles of browsers that have custom formatters on. */
export function formatInBrowser(isShown: (value: unknown) => boolean): void {
  const page = globalThis as { document?: unknown; devtoolsFormatters?: Formatter[] };
  if (!page.document) return;
  page.devtoolsFormatters ??= [];
  page.devtoolsFormatters.push({
    header: (value) => (isShown(value) ? ["pre", {}, String(value)] : null),
    hasBody: () => false,
  });
}
