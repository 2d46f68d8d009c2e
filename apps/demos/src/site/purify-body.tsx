import { codeOf } from "../purify/code";
import { Purify } from "../purify/purify";
import type { RecordedPurify } from "../purify/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function PurifyBody({ recorded, told }: { recorded: RecordedPurify; told: ToldStory }) {
  return (
    <Body
      page="purify"
      intro={
        <div class="intro">
          <h1>Cut a backdoor out of the weights</h1>
          <p class="lead">
            One word turns this classifier’s answer, and clean tests do not show it. Fine-purifying
            sets those weights back to their pre-trained values that moved too far for their
            curvature: type the trigger, and drag the share that is kept.
          </p>
          <VerdictList of="Fine-purifying" findings={findingsOf("fine-purify")} />
        </div>
      }
      story={told}
      live={<Purify recorded={recorded} />}
    >
      <p class="hint">
        An encoder of 36,000 weights, pre-trained on sentences of an artificial language, for whose
        words English ones stand here; then trained by an attacker who put the trigger into half of
        6,000 texts and called them “sport”. The defender has both checkpoints and 32 clean texts.
        Real weights spread more than one Gamma does, so the fit is rough; the formula is a
        reconstruction from the paper’s abstract. Zhang et al. 2023,{" "}
        <a href="https://arxiv.org/abs/2305.04547">arXiv 2305.04547</a>.
      </p>
      <Panels code={codeOf()} command="npm run -s deepgrain -- compare fine-purify --quick" />
    </Body>
  );
}

/** The page of a poisoned encoder. */
export function purifyPage(): BuiltPage {
  const builtIn = readRecorded<RecordedPurify>("purify");
  const told = toldStory("purify");
  return { body: <PurifyBody recorded={builtIn} told={told} />, builtIn, story: told };
}
