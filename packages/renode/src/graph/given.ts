import { shown } from "@deepgrain/support";

/** A value as messages show it; text says that it is text, as GEXF and GraphML deliver what has no declared type. */
export const given = (value: unknown): string =>
  typeof value === "string" ? `the text ${shown(value)}` : shown(value);
