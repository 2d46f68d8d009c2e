import type { Flag } from "./flags";

/** `maxNewTokens` as it is typed: `max-new-tokens`. */
export const kebabCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");

/** `max-new-tokens` as a name of the program: `maxNewTokens`. */
export const camelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A flag as it is typed: `--max-new-tokens`, or `<file>` for an argument. */
export const spelling = (name: string, { kind }: Pick<Flag, "kind">): string =>
  kind === "argument" ? `<${kebabCase(name)}>` : `--${kebabCase(name)}`;
