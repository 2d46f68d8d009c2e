import { Anchors } from "../anchors/anchors";
import { codeOf } from "../anchors/code";
import type { RecordedAnchors } from "../anchors/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function AnchorsBody({ recorded, told }: { recorded: RecordedAnchors; told: ToldStory }) {
  return (
    <Body
      page="anchors"
      intro={
        <div class="intro">
          <h1>Label words as anchors</h1>
          <p class="lead">
            A prompt shows examples with their labels. The label words, says the paper, gather what
            their examples hold in the first layers, and the answer is read from them in the last
            ones. Cut them off early or late, and see.
          </p>
          <VerdictList of="The paper" findings={findingsOf("label-words")} />
        </div>
      }
      story={told}
      live={<Anchors recorded={recorded} />}
    >
      <p class="hint">
        Two models of 57,000 and 32,000 weights, equally often right. They have learned an
        artificial language of 16 topics, for whose words and labels English ones stand here. Wang
        et al. 2023, <a href="https://arxiv.org/abs/2305.14160">arXiv 2305.14160</a>.
      </p>
      <Panels code={codeOf()} command="npm run -s deepgrain -- compare label-words --quick" />
    </Body>
  );
}

/** The anchors' page. */
export function anchorsPage(): BuiltPage {
  const builtIn = readRecorded<RecordedAnchors>("anchors");
  const told = toldStory("anchors");
  return { body: <AnchorsBody recorded={builtIn} told={told} />, builtIn, story: told };
}
