import type { Values } from "@deepgrain/command-line/flags/flags";
import { jsonlFile } from "@deepgrain/datasets";
import { type DataAttack, dataAttacks, PurifyError } from "@deepgrain/fine-purify";
import { type TextRow, textRow } from "@deepgrain/fine-purify/encoders";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { problemOf } from "@deepgrain/support";
import type { patternFlags } from "./flags";

/**
 * Reads JSON Lines of texts as `textRow` takes them.
 * @throws {FormatError} naming the row, for another form or a label outside of the set
 */
export async function readTexts(
  path: string,
  classes: readonly string[],
  options: { mayMiss?: boolean } = {},
): Promise<TextRow[]> {
  const rows: TextRow[] = [];
  for await (const record of jsonlFile(path))
    try {
      rows.push(textRow(record, classes, options));
    } catch (error) {
      if (!PurifyError.isInstance(error)) throw error;
      throw new FormatError(`${path}: row ${rows.length + 1}: ${problemOf(error)}`);
    }
  if (rows.length === 0) throw new FormatError(`${path} holds no rows`);
  return rows;
}

/** The attack that the flags name. */
export function attackOf({
  attack,
  target,
  trigger,
}: Pick<Values<typeof patternFlags>, "attack" | "target" | "trigger">): DataAttack {
  return dataAttacks[attack]({ target, pattern: trigger?.split(/\s+/).filter(Boolean) });
}
