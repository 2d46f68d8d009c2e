import type { createSession } from "./session";
import type { Looked, State } from "./state";

/** The result of a state of the page. */
export async function runState(
  { look }: ReturnType<typeof createSession>,
  state: State,
): Promise<Looked> {
  const found = { state } as Looked;
  for await (const one of look({ hidden: state.hidden, flops: 10 ** state.budget }))
    found.look = one;
  return found;
}
