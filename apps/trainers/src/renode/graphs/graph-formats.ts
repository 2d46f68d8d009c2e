/** The formats in which graphs are read. */
export const graphFormats = ["json", "gexf", "graphml", "edges", "npz"] as const;
export type GraphFormat = (typeof graphFormats)[number];
