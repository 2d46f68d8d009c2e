import { fail } from "../errors";

/** A page's document, or one that can make elements as it does. */
export interface ChartDocument {
  createElementNS(namespace: string, name: string): object;
}

type Linkedom = { parseHTML(markup: string): { document: ChartDocument } };
type Builtins = { process?: { getBuiltinModule?: (id: string) => unknown } };

let ofNode: ChartDocument | undefined;

/** An empty document of linkedom, which is loaded here so that pages and their bundlers never see it. */
function openInNode(): ChartDocument {
  const builtin = (globalThis as Builtins).process?.getBuiltinModule?.("node:module");
  if (builtin === undefined)
    return fail("ERR_ARGUMENT", "charts: there is no document here; pass one as `document`");
  const { createRequire } = builtin as typeof import("node:module");
  const { parseHTML } = createRequire(import.meta.url)("linkedom") as Linkedom;
  return parseHTML("<!doctype html><html><body></body></html>").document;
}

/**
 * The document that charts are drawn with: the caller's, else the page's, else in Node one without a browser.
 * @throws {LabError} `ERR_ARGUMENT` where there is none, as in a web worker
 */
export function documentFor(given: ChartDocument | undefined): ChartDocument {
  const own = given ?? (globalThis as { document?: ChartDocument }).document;
  if (own) return own;
  ofNode ??= openInNode();
  return ofNode;
}
