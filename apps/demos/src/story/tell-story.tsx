import { render } from "preact";
import type { Fields, StateOf } from "../state/address-state";
import { Panel } from "./panel";
import type { Player } from "./player";
import type { Outcome, RecordedStory, Story } from "./step";
import { tell } from "./telling";

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
  place.replaceChildren();
  place.tabIndex = -1;
  render(<Panel telling={telling} story={story} outcome={outcome} />, place);
}
