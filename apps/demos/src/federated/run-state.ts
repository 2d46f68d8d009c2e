import type { Answers } from "./answers";
import type { Run } from "./names";
import type { createSession } from "./session";
import { type Federation, type State, setupOf } from "./state";

/** The result of a state of the page: both federations, and what they answer. @param session a new one */
export async function runState(
  { answer }: ReturnType<typeof createSession>,
  state: State,
  signal: AbortSignal,
): Promise<Federation> {
  const run: Run = { countsPerClient: [], rounds: [] };
  let answers: Answers | undefined;
  for await (const event of answer({ ...setupOf(state), digit: state.digit }, signal)) {
    if (event.type === "split") run.countsPerClient = event.countsPerClient;
    if (event.type === "round-end") run.rounds.push(event.scores);
    if (event.type === "answers") answers = event.answers;
  }
  return { state, run, answers: answers! };
}
