import { decimal, textTable } from "@deepgrain/lab";
import type { CliContext } from "../cli/context";
import type { OpenPrompts } from "./open-prompts";

/** A number for tables. */
export const shown = (value: number | null): string => (value === null ? "–" : decimal(value));

/** Prints a result as JSON, or a table. */
export function writeResult(
  { write, columns }: CliContext,
  {
    json,
    about,
    result,
    head,
    body,
  }: {
    json: boolean;
    about: OpenPrompts["about"];
    result: object;
    head: readonly string[];
    body: readonly (readonly string[])[];
  },
): void {
  const table = () => textTable([head, ...body], { columns });
  write(`${json ? JSON.stringify({ ...about, ...result }) : table()}\n`);
}
