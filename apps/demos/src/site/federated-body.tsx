import { codeOf } from "../federated/code";
import { Federated } from "../federated/federated";
import type { RecordedFederation } from "../federated/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function FederatedBody({ recorded, told }: { recorded: RecordedFederation; told: ToldStory }) {
  return (
    <Body
      page="federated"
      intro={
        <div class="intro">
          <h1>Rare classes, scattered over clients</h1>
          <p class="lead">
            Where most clients lack the rare classes, averaging their models forgets these. RedGrape
            lends each client the gradients of the classes that it lacks, and a second head for the
            rest: drag the imbalance and see what becomes of head, middle and tail.
          </p>
          <VerdictList of="RedGrape" findings={findingsOf("redgrape")} />
        </div>
      }
      story={told}
      live={<Federated recorded={recorded} />}
    >
      <p class="hint">
        Networks of layers with 64 and 32 units; two epochs per round. Digits: the MNIST database of
        Y. LeCun, C. Cortes and C. J. C. Burges, commonly listed as CC BY-SA 3.0, here with 14 × 14
        pixels of 16 grey levels. Yang et al. 2024,{" "}
        <a href="https://arxiv.org/abs/2301.10394">arXiv 2301.10394</a>.
      </p>
      <Panels
        code={codeOf()}
        command="npm run -s deepgrain -- compare redgrape --data mnist --quick"
      />
    </Body>
  );
}

/** The page of federations. */
export function federatedPage(): BuiltPage {
  const builtIn = readRecorded<RecordedFederation>("federated");
  const told = toldStory("federated");
  return { body: <FederatedBody recorded={builtIn} told={told} />, builtIn, story: told };
}
