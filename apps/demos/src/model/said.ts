import { WorkerError } from "../bridge/worker-error";
import { messageOf } from "../shell/message-of";

/** The message about a text that could not be written, or a model that could not be kept; undefined as of `messageOf`. */
export const workProblem = (error: unknown): string | undefined =>
  // This page's own sentences need none before them.
  messageOf(error)?.replace(/^The run ended early: (?=[A-Z])/, "");

/** The message about a model that could not be read; undefined where newer work took its place. */
export function loadProblem(title: string, error: unknown): string | undefined {
  const whole = workProblem(error);
  if (!(error instanceof WorkerError) || !whole?.startsWith("The run ended early")) return whole;
  const reason = error.message
    // The package and function, and ways out that a page does not have.
    .replace(/^[\w-]+\/\w+: /, "")
    .replace(/; (pass dtype|for that repository).*$/, "")
    .replaceAll("the Map", "its folder")
    .replace(/\.\s*$/, "");
  const hint = /cannot (be )?fetch/i.test(reason)
    ? " Its host must be there, let other sites read its files (CORS), and not send requests on to another."
    : "";
  return `“${title}” cannot be read: ${reason}.${hint} The model before it stays.`;
}
