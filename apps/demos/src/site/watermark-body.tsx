import { codeOf } from "../watermark/code";
import type { RecordedWatermark } from "../watermark/recorded";
import { Watermark } from "../watermark/watermark";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function WatermarkBody({ recorded, told }: { recorded: RecordedWatermark; told: ToldStory }) {
  return (
    <Body
      page="watermark"
      intro={
        <div class="intro">
          <h1>A message in the choice of words</h1>
          <p class="lead">
            A mark favours, at each word, one half of the vocabulary; which half, the message and a
            key decide. Balance-Marking cuts the halves so that a small model finds them equally
            likely, and says that messages are then found more often and outlive more edits.
          </p>
          <VerdictList of="Balance-Marking" findings={findingsOf("balance-marking")} />
        </div>
      }
      story={told}
      live={<Watermark recorded={recorded} />}
    >
      <p class="hint">
        Written by stories260K, 260,000 weights, by Andrej Karpathy (
        <a href="./stories260k-licence.txt">licence</a>); 256 tokens carry 16 bits. Wang et al.
        2024, <a href="https://arxiv.org/abs/2307.15992">arXiv 2307.15992</a>. The key stands in
        this page’s script; keep yours.
      </p>
      <Panels
        code={codeOf()}
        command="npm run -s deepgrain -- compare balance-marking --model apps/studies/balance-marking/base --quick"
      />
    </Body>
  );
}

/** The watermark's page. */
export function watermarkPage(): BuiltPage {
  const builtIn = readRecorded<RecordedWatermark>("watermark");
  const told = toldStory("watermark");
  return { body: <WatermarkBody recorded={builtIn} told={told} />, builtIn, story: told };
}
