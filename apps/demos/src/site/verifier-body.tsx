import { codeOf } from "../verifier/code";
import type { RecordedVerifier } from "../verifier/recorded";
import { Verifier } from "../verifier/verifier";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function VerifierBody({ recorded, told }: { recorded: RecordedVerifier; told: ToldStory }) {
  return (
    <Body
      page="verifier"
      isPlain
      intro={
        <div class="intro">
          <h1>Choose by steps, not by votes</h1>
          <p class="lead">
            Where most solutions are wrong, the commonest answer is wrong too. Math-Shepherd teaches
            a model what each step is worth, from whether solutions that go on from it end well:
            drag the number of solutions, spoil a line, or make a problem of your own.
          </p>
          <VerdictList of="Math-Shepherd" findings={findingsOf("math-shepherd")} />
        </div>
      }
      story={told}
      live={<Verifier recorded={recorded} />}
    >
      <p class="hint">
        Word problems whose steps are known, a solver that slips in three of ten steps, and a
        verifier of step features, trained on 600 solutions of 300 other problems with eight
        completions from each step. Wang et al. 2024,{" "}
        <a href="https://arxiv.org/abs/2312.08935">arXiv 2312.08935</a>.
      </p>
      <Panels code={codeOf()} command="npm run -s deepgrain -- compare math-shepherd --quick" />
    </Body>
  );
}

/** The page of a verifier. */
export function verifierPage(): BuiltPage {
  const builtIn = readRecorded<RecordedVerifier>("verifier");
  const told = toldStory("verifier");
  return { body: <VerifierBody recorded={builtIn} told={told} />, builtIn, story: told };
}
