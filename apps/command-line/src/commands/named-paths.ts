import { statSync } from "node:fs";
import { basename, isAbsolute } from "node:path";
import type { Flag, Flags } from "../flags/flags";

/** The flags of a command and their values in a call. */
export interface CalledFlags {
  readonly flags: Flags;
  readonly values: Readonly<Record<string, unknown>>;
  /** Path resolved against the directory that the user called from. */
  resolve(path: string): string;
}

/** The texts that a flag's value consists of, of which some are paths. */
function partsOf(value: unknown, { pathOf = (text) => text }: Pick<Flag, "pathOf"> = {}): string[] {
  const one = (item: unknown) => (item as { path?: unknown } | null)?.path ?? item;
  const texts = [value].flat().map(one);
  const isText = (text: unknown) => typeof text === "string" && text !== "";
  const parts = (texts.filter(isText) as string[]).flatMap((text) => [text, ...text.split(",")]);
  return parts.map(pathOf);
}

/** A path that a flag names. */
export interface NamedPath {
  name: string;
  path: string;
  /** Whether it looks like a file, so that its name alone stands for it. */
  isFile: boolean;
}

const namedPaths = ({ flags, values, resolve }: CalledFlags): NamedPath[] =>
  Object.entries(values).flatMap(([name, value]) =>
    partsOf(value, flags[name]).map((part) => {
      const isFile = isAbsolute(part) || /[./]/.test(part);
      return { name, path: resolve(part), isFile };
    }),
  );

/** The flag whose path a text names: as a whole or as a folder of it, or by the file's name at its beginning. */
export function flagOfText(text: string, call: CalledFlags): NamedPath | undefined {
  const isSign = (sign: string | undefined) => sign !== undefined && /[\w.-]/.test(sign);
  const isIn = (path: string) => {
    const at = text.indexOf(path);
    return at >= 0 && !isSign(text[at + path.length]);
  };
  const isWritten = ({ name }: NamedPath) => call.flags[name]?.writes !== undefined;
  const isOutput = /^cannot (make|write)/.test(text);
  const byLength = namedPaths(call)
    .filter((named) => !isOutput || isWritten(named))
    .sort((a, b) => b.path.length - a.path.length);
  const byName = ({ path, isFile }: NamedPath) =>
    isFile && text.startsWith(basename(path)) && /^[:,/ ]/.test(text.slice(basename(path).length));
  return byLength.find(({ path }) => isIn(path)) ?? byLength.find(byName);
}

/** An input file that is a folder: readers of files say only that they met one. */
export function folderAsFile(call: CalledFlags): NamedPath | undefined {
  return namedPaths(call).find(
    ({ name, path }) =>
      call.flags[name]?.reads === "file" &&
      statSync(path, { throwIfNoEntry: false })?.isDirectory(),
  );
}
