import { supportedModelTypes } from "@deepgrain/lm";
import { codeOf } from "../model/code";
import { Model } from "../model/model";
import type { RecordedModel } from "../model/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";

function ModelBody({ recorded, told }: { recorded: RecordedModel; told: ToldStory }) {
  return (
    <Body
      page="model"
      intro={
        <div class="intro">
          <h1>Your model</h1>
          <p class="lead">
            Let a model write in this page: one of this site’s, one from a folder of your disk or an
            address, or the mixture that you have just trained. See how fast it is and what memory
            it takes, keep it here, or download it.
          </p>
        </div>
      }
      story={told}
      live={<Model recorded={recorded} />}
    >
      <p class="hint">
        stories260K: 260,000 weights, by Andrej Karpathy (
        <a href="./stories260k-licence.txt">licence</a>). Models of up to about 4 GB in memory run
        here, of these families: {supportedModelTypes.join(", ")}.
      </p>
      <Panels code={codeOf()} command="npm run -s deepgrain -- chat --model runs/my-model" />
    </Body>
  );
}

/** The page of the visitor's own model. */
export function modelPage(): BuiltPage {
  const builtIn = readRecorded<RecordedModel>("model");
  const told = toldStory("model");
  return { body: <ModelBody recorded={builtIn} told={told} />, builtIn, story: told };
}
