/**
 * Runs work with a TypeScript module of this workspace in Node; workspace packages are read from their sources.
 * @param path such as `/src/site/render-site.tsx`
 */
export function withSource<M, T>(path: string, work: (module: M) => Promise<T>): Promise<T>;
