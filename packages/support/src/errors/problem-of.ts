/**
 * An error's message without the package and function in front: for messages that name the place in their own words, or
 * hold another message.
 */
export function problemOf(error: unknown): string {
  const { problem, message } = (error ?? {}) as { problem?: unknown; message?: unknown };
  if (typeof problem === "string") return problem;
  return typeof message === "string" ? message : String(error);
}
