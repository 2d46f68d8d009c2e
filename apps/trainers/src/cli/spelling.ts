import type { Flag } from "./flags";
import { kebabCase } from "./kebab-case";

/** A flag as it is typed: `--max-new-tokens`, or `<file>` for an argument. */
export const spelling = (name: string, { kind }: Pick<Flag, "kind">): string =>
  kind === "argument" ? `<${kebabCase(name)}>` : `--${kebabCase(name)}`;
