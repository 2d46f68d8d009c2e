import type { createSession } from "./session";
import { shippedSource } from "./source";
import type { State, Wrote } from "./state";
import type { Turn } from "./write";

/** The result of a state of the page with one of this site's models. */
export async function runState(
  { open, write }: Pick<ReturnType<typeof createSession>, "open" | "write">,
  state: State,
  signal: AbortSignal,
): Promise<Wrote> {
  const source = shippedSource(state.from);
  const asked: Turn = { role: "user", content: state.prompt };
  const { temperature, tokens, seed } = state;
  const found = { state } as Wrote;
  for await (const event of open({ source }, signal))
    if (event.type === "opened") {
      // What an engine holds depends on all that its process has done.
      const { bytes: _, ...description } = event.description;
      found.description = description;
    }
  const writing = { source, turns: [asked], temperature, tokens, seed };
  for await (const event of write(writing, signal)) {
    found.turns = [asked, { role: "assistant", content: event.text }];
    found.written = { tokens: event.tokens };
  }
  return found;
}
