import type { ErrorDetails } from "@deepgrain/support";
import { notJson } from "@deepgrain/support/json";
import { LmError } from "./errors";

/** The error of a file that is no JSON; a module of its own, which a page loads only where it meets one. */
export const damagedJson = (file: string, text: string, details: ErrorDetails) =>
  new LmError("ERR_FORMAT", `lm/files: ${file}: ${notJson(text)}`, details);
