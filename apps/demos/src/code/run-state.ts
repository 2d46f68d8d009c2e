import type { createSession } from "./session";
import type { Shown, State } from "./state";

/** The result of a state of the page. */
export async function runState(
  { write, check, fill }: ReturnType<typeof createSession>,
  state: State,
  signal: AbortSignal,
): Promise<Shown> {
  const { task, policy, n, seed, text, from, to } = state;
  const found = { state } as Shown;
  for await (const event of write({ task, policy, n, seed }, signal))
    if (event.type === "programs") found.programs = event.programs;
  const { code } = found.programs.written[0]!;
  for await (const checked of check({ task, code }, signal)) found.checked = checked;
  for await (const event of fill({ text, from, to }, signal))
    if (event.type === "filled") found.filled = event.filled;
  return found;
}
