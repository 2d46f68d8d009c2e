/** A path without the separators at its end; a root stays as it is. */
export const withoutSlash = (path: string): string => path.replace(/(?<=[^\\/:])[\\/]+$/, "");

/** The part of a path after its last separator. */
export const fileNameOf = (path: string): string => /[^\\/]*$/.exec(path)?.[0] ?? path;

/** The part of a path up to and with its last separator; "./" where there is none. */
export const folderOf = (path: string): string =>
  path.slice(0, path.length - fileNameOf(path).length) || "./";

/** A path inside a folder. */
export const inFolder = (folder: string, name: string): string =>
  folder === "" || /[\\/]$/.test(folder) ? folder + name : `${folder}/${name}`;
