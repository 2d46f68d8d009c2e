import { Mixture, type MixtureProps } from "../mixture/mixture";
import { sizeOf } from "../mixture/pair";
import { Body, Panels } from "./document";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

const counted = (n: number) => n.toLocaleString("en-US");

/** The mixture's page. */
export function MixtureBody({
  built,
  chart,
  code,
}: {
  built: MixtureProps;
  chart: string;
  code: string;
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
      live={<Mixture {...built} chart={chart} />}
    >
      <VerdictList of="ESFT" findings={findingsOf("esft")} />
      <p class="hint">
        {counted(coarse.weights)} weights beside {counted(fine.weights)}, of which the routers make
        the difference; {counted(coarse.flops)} and {counted(fine.flops)} operations per letter and
        step of training. Dai et al. 2024,{" "}
        <a href="https://arxiv.org/abs/2401.06066">arXiv 2401.06066</a>; Wang et al. 2024,{" "}
        <a href="https://arxiv.org/abs/2407.01906">arXiv 2407.01906</a>.
      </p>
      <Panels
        code={code}
        command={
          "npm run -s deepgrain -- compare deepseek-moe --quick\nnpm run -s deepgrain -- compare esft --quick"
        }
      />
    </Body>
  );
}
