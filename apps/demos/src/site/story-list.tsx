import type { Outcome, RecordedStory } from "../story/step";
import { OutcomeTold, Told } from "../story/told";
import { Words } from "../story/words-of";
import type { AnyStory } from "./stories";

/** All that is told of a page: its story, the recorded results of it, and the outcome of the re-run. */
export interface ToldStory {
  story: AnyStory;
  recorded: RecordedStory<unknown>;
  outcome: Outcome | null;
}

/** All steps of a story as text with their recorded results; a script puts the story in their place. */
export function StoryList({ story, recorded, outcome }: ToldStory) {
  const { steps } = story;
  const count = steps.length + (story.outcome ? 1 : 0);
  return (
    <aside id="story" aria-label="The story of this page">
      <ol class="steps">
        {steps.map((step, i) => {
          const results = recorded.results[i]!;
          return (
            <li key={step.title}>
              <p class="eyebrow">
                Step {i + 1} of {count}
              </p>
              <h2>{step.title}</h2>
              <p>
                <Words text={step.words} />
              </p>
              {step.question && (
                <p class="expected">
                  {step.question.asks} {step.question.answers[step.question.answer(results)]}.
                </p>
              )}
              <Told step={step} results={results} />
            </li>
          );
        })}
        {story.outcome && outcome && (
          <li>
            <p class="eyebrow">
              Step {count} of {count}
            </p>
            <h2>{story.outcome.title}</h2>
            <p>
              <Words text={story.outcome.words} />
            </p>
            <OutcomeTold {...outcome} />
          </li>
        )}
      </ol>
    </aside>
  );
}
