import { Anchors } from "../anchors/anchors";
import { codeOf } from "../anchors/code";
import type { RecordedAnchors } from "../anchors/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function AnchorsBody({ recorded }: { recorded: RecordedAnchors }) {
  return (
    <Body
      page="anchors"
      intro={
        <div class="intro">
          <h1>Label words as anchors</h1>
          <p class="lead">
            A prompt shows examples with their labels. The label words, says the paper, gather what
            their examples hold in the first layers, and the answer is read from them in the last
            ones: cut them off in either, and see.
          </p>
          <VerdictList of="The paper" findings={findingsOf("label-words")} />
        </div>
      }
      live={<Anchors recorded={recorded} />}
    >
      <p class="hint">
        Two models of 57,000 and 32,000 weights, equally often right. Wang et al. 2023,{" "}
        <a href="https://arxiv.org/abs/2305.14160">arXiv 2305.14160</a>.
      </p>
      <Panels code={codeOf()} command="npm run -s deepgrain -- compare label-words --quick" />
    </Body>
  );
}

/** The anchors' page. */
export function anchorsPage(): BuiltPage {
  const builtIn = readRecorded<RecordedAnchors>("anchors");
  return { body: <AnchorsBody recorded={builtIn} />, builtIn };
}
