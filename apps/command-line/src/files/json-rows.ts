import { checkForm, FormatError } from "@deepgrain/studies/shared/read-json";
import { notJson } from "@deepgrain/support/json";
import type { z } from "zod";

/** The rows of JSON lines; empty lines are passed over. @throws {FormatError} naming the line that is of another form */
export const jsonRows = <T>(path: string, text: string, form: z.ZodType<T>): T[] =>
  text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new FormatError(`${path}: ${notJson(line, i + 1)}`, { cause });
    }
    return [checkForm(value, form, `${path}: line ${i + 1}`)];
  });
