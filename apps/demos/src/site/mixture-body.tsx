import { codeOf } from "../mixture/code";
import { lossChart } from "../mixture/loss-chart";
import { Mixture, type MixtureProps } from "../mixture/mixture";
import { sizeOf } from "../mixture/pair";
import type { RecordedMixture } from "../mixture/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

/** 3 · hidden size · width. */
const EXPERT_WEIGHTS = 3 * 48 * 24;

const counted = (n: number) => n.toLocaleString("en-US");

function MixtureBody({
  built,
  chart,
  told,
}: {
  built: MixtureProps;
  chart: string;
  told: ToldStory;
}) {
  const [coarse, fine] = [sizeOf("coarse"), sizeOf("fine")];
  return (
    <Body
      page="mixture"
      intro={
        <div class="intro">
          <h1>A mixture of experts, taken apart</h1>
          <p class="lead">
            DeepSeekMoE cuts each expert of a mixture into four and lets one be shared by all: at
            equal size and cost, it says, such experts know more of their own. Switch experts off
            and see what each model loses.
          </p>
          <VerdictList of="DeepSeekMoE" findings={findingsOf("deepseek-moe")} />
        </div>
      }
      story={told}
      live={<Mixture {...built} chart={chart} />}
    >
      <VerdictList id="esft-verdicts" of="ESFT" findings={findingsOf("esft")} />
      <p class="hint">
        {counted(coarse.weights)} weights beside {counted(fine.weights)}, of which the routers make
        the difference; {counted(coarse.flops)} and {counted(fine.flops)} operations per letter and
        step of training. Dai et al. 2024,{" "}
        <a href="https://arxiv.org/abs/2401.06066">arXiv 2401.06066</a>; Wang et al. 2024,{" "}
        <a href="https://arxiv.org/abs/2407.01906">arXiv 2407.01906</a>.
      </p>
      <Panels
        code={codeOf()}
        command={
          "npm run -s deepgrain -- compare deepseek-moe --quick\nnpm run -s deepgrain -- compare esft --quick"
        }
      />
    </Body>
  );
}

/** The mixture's page. */
export async function mixturePage(): Promise<BuiltPage> {
  const recorded = readRecorded<RecordedMixture>("mixture");
  const builtIn = { recorded, weights: { expert: EXPERT_WEIGHTS, all: sizeOf("fine").weights } };
  const chart = await lossChart(recorded.curve);
  const told = toldStory("mixture");
  const body = <MixtureBody built={builtIn} chart={chart} told={told} />;
  return { body, builtIn, story: told };
}
