/** The part of a path after its last separator. */
export const fileNameOf = (path: string): string => /[^\\/]*$/.exec(path)?.[0] ?? path;

/** The part of a path up to and with its last separator; "./" where there is none. */
export const folderOf = (path: string): string =>
  path.slice(0, path.length - fileNameOf(path).length) || "./";
