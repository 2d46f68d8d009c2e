import { fail, oneOf } from "../errors";
import { type SentinelFamily, type Sentinels, sentinels } from "./sentinels";

/** The sentinels of a family, or those given. @throws {CoderError} `ERR_ARGUMENT` for a family that is not known */
export function sentinelsOf(where: string, family: SentinelFamily): Sentinels {
  if (typeof family === "string")
    return sentinels[
      oneOf(where, "family", family, Object.keys(sentinels)) as keyof typeof sentinels
    ];
  const isWhole = ["begin", "hole", "end"].every(
    (name) => typeof family?.[name as keyof Sentinels] === "string",
  );
  if (isWhole) return family;
  return fail("ERR_ARGUMENT", `${where}: sentinels must have begin, hole and end`, { family });
}

/** The sentinels as a list. */
export const listOf = ({ begin, hole, end, file }: Sentinels): string[] =>
  file === undefined ? [begin, hole, end] : [begin, hole, end, file];

/** The first sentinel in a text; undefined if there is none. */
export const sentinelIn = (text: string, family: Sentinels): string | undefined =>
  listOf(family).find((mark) => text.includes(mark));
