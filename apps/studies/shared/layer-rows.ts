/** Numbers by layer, as JSON has them. */
export type LayerRows = Record<string, number[]>;

/** Numbers by layer for JSON. */
export const layerRows = (layers: ReadonlyMap<number, ArrayLike<number>>): LayerRows =>
  Object.fromEntries([...layers].map(([layer, values]) => [layer, Array.from(values)]));

/** The way back, for the functions of `@deepgrain/esft`. */
export const layersOf = (rows: LayerRows): Map<number, Float64Array> =>
  new Map(Object.entries(rows).map(([layer, row]) => [Number(layer), Float64Array.from(row)]));
