import { effect } from "@preact/signals";
import { render } from "preact";
import { answered } from "../embed/answered";
import type { Fields, StateOf } from "../state/address-state";
import { Panel } from "./panel";
import type { Player } from "./player";
import type { Outcome, RecordedStory, Story } from "./step";
import { type Telling, tell } from "./telling";
import { sentenceOf } from "./told";

/** Keeps the visitor's answer to the open step, first alone and then with what came out. */
function keepAnswers<F extends Fields, R>({ at, picked, results, stepAt }: Telling<F, R>): void {
  effect(() => {
    const step = stepAt(at.value);
    if (!step?.question || picked.value === null) return;
    const { asks, answers, answer } = step.question;
    const told = results.value;
    answered.value = {
      step: at.value! + 1,
      asks,
      answer: answers[picked.value]!,
      right: told ? answers[answer(told)]! : "",
      cameOut: told ? sentenceOf(step, told) : "",
    };
  });
}

/** Puts a page's story in place of its steps as text. @param recorded address of the recorded results */
export async function tellStory<F extends Fields, R>(
  story: Story<StateOf<F>, R>,
  player: Player<F, R>,
  recorded: URL,
): Promise<void> {
  const answer = await fetch(recorded);
  if (!answer.ok) throw new Error(`the story could not be loaded (${answer.status})`);
  const results: RecordedStory<R> = await answer.json();
  const place = document.getElementById("story")!;
  const outcome: Outcome | null = JSON.parse(
    document.getElementById("story-outcome")?.textContent ?? "null",
  );
  const telling = tell(story, player, results);
  keepAnswers(telling);
  place.replaceChildren();
  place.tabIndex = -1;
  render(<Panel telling={telling} story={story} outcome={outcome} />, place);
}
