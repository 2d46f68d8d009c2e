import type { Flag } from "./flags";
import { kebabCase } from "./kebab-case";

/** `max-new-tokens` as a name of the program: `maxNewTokens`. */
export const camelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A flag as it is typed: `--max-new-tokens`, or `<file>` for an argument. */
export const spelling = (name: string, { kind }: Pick<Flag, "kind">): string =>
  kind === "argument" ? `<${kebabCase(name)}>` : `--${kebabCase(name)}`;
