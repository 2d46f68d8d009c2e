import { codeOf } from "../code/code";
import { CodeView } from "../code/code-view";
import { PassPicture } from "../code/pass-picture";
import type { CodeProps, RecordedCode } from "../code/recorded";
import { heldOut } from "../code/tasks";
import { percentText } from "../drawing/numbers";
import { Body, type BuiltPage, Panels } from "./document";
import { recordedPass } from "./pass-curves";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

/** pass@1 over the study's seeds. */
function PassSection({ passAt1 }: Pick<RecordedCode, "passAt1">) {
  const { curves, before, after, seeds } = recordedPass();
  return (
    <section aria-labelledby="pass">
      <h2 id="pass">On all {heldOut.length} held-out tasks</h2>
      <p>
        One program in the first try: pass@1 rises from {percentText(before)} before GRPO to{" "}
        {percentText(after)} after it, as recorded over {seeds} seeds. The policies of this page are
        smaller: {percentText(passAt1.before)} and {percentText(passAt1.after)}.
      </p>
      <figure class="wide">
        <PassPicture curves={curves} />
        <figcaption>Faint: each seed. Bold: their mean.</figcaption>
      </figure>
    </section>
  );
}

function CodeBody({ built, told }: { built: CodeProps; told: ToldStory }) {
  return (
    <Body
      page="code"
      intro={
        <div class="intro">
          <h1>Code that learns from its own tests</h1>
          <p class="lead">
            A model that has read code with mistakes writes them too. DeepSeek-Coder-V2 lets it
            learn by GRPO from what its programs do when they run: switch between the policy before
            and after, and see which programs pass their tests.
          </p>
          <VerdictList of="DeepSeek-Coder-V2" findings={findingsOf("deepseek-coder-v2")} />
        </div>
      }
      story={told}
      live={<CodeView {...built} />}
    >
      <PassSection {...built.recorded} />
      <p class="hint">
        Policies of 36,000 weights that have read 1,440 functions, in which numbers are sorted as
        texts, odd numbers are those whose remainder is 1, and sums have no start in 70 % of the
        cases; then 40 steps of GRPO. Programs run in QuickJS, compiled to WebAssembly, on a thread
        of their own, for at most a million instructions. What fills in the middle is a mixture of
        228,000 weights that has read the sources of RxJS (Apache-2.0,{" "}
        <a href="./rxjs-licence.txt">licence</a>) with half of the middles moved; it gets the suffix
        first. All weights are stored in 8 bits. DeepSeek-AI 2024,{" "}
        <a href="https://arxiv.org/abs/2406.11931">arXiv 2406.11931</a>.
      </p>
      <Panels
        code={codeOf()}
        command="npm run -s deepgrain -- compare deepseek-coder-v2 --experiments fim,grpo"
      />
    </Body>
  );
}

/** The page of code and its tests. */
export function codePage(): BuiltPage {
  const builtIn: CodeProps = {
    recorded: readRecorded<RecordedCode>("code"),
    tasks: heldOut.map(({ words }) => words.join(", ")),
  };
  const told = toldStory("code");
  return { body: <CodeBody built={builtIn} told={told} />, builtIn, story: told };
}
