/** The interface of custom formatters in browser consoles. */
interface Formatter {
  header(value: unknown): readonly unknown[] | null;
  hasBody(value: unknown): boolean;
}

/** Shows the objects that `isShown` accepts as text in browser consoles that have custom formatters enabled. */
export function formatInBrowser(isShown: (value: unknown) => boolean): void {
  const page = globalThis as { document?: unknown; devtoolsFormatters?: Formatter[] };
  if (!page.document) return;
  page.devtoolsFormatters ??= [];
  page.devtoolsFormatters.push({
    header: (value) => (isShown(value) ? ["pre", {}, String(value)] : null),
    hasBody: () => false,
  });
}
