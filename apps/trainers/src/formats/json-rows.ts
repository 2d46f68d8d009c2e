import type { z } from "zod";
import { checkForm, FormatError } from "./read-json";

/** The rows of JSON lines; empty lines are passed over. @throws {FormatError} naming the line that is of another form */
export const jsonRows = <T>(path: string, text: string, form: z.ZodType<T>): T[] =>
  text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `${path}: line ${i + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new FormatError(`${where}: not JSON`, { cause });
    }
    return [checkForm(value, form, where)];
  });
