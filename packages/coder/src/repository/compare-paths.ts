/** Orders paths by their UTF-16 units, the same everywhere. */
export const comparePaths = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
