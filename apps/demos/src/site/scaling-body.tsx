import type { SweepResult } from "@deepgrain/studies/deepseek-llm/result";
import { type StudySettings, scalingSweep } from "@deepgrain/studies/deepseek-llm/study";
import { codeOf } from "../scaling/code";
import type { RecordedScaling } from "../scaling/recorded";
import { Scaling, type ScalingProps } from "../scaling/scaling";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import { recordedRuns } from "./recorded-runs";
import type { ToldStory } from "./story-list";
import { StudySections } from "./study-sections";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function ScalingBody({ built, told }: { built: ScalingProps; told: ToldStory }) {
  return (
    <Body
      page="scaling"
      isPlain
      intro={
        <div class="intro">
          <h1>Plan a large training from small ones</h1>
          <p class="lead">
            DeepSeek LLM fits laws to small trainings: the loss, the best model and the best amount
            of data follow the compute along straight lines. Foretell a larger run yourself first;
            then see what the law said, plan a run, and hide the largest ones from the law.
          </p>
          <VerdictList of="DeepSeek LLM" findings={findingsOf("deepseek-llm")} />
        </div>
      }
      story={told}
      live={<Scaling {...built} />}
    >
      <section aria-labelledby="experiments">
        <h2 id="experiments">The paper’s experiments, re-run</h2>
        <p>
          Models of a few thousand parameters on Moby Dick and State of the Union addresses, each
          seed a sweep of its own.
        </p>
        <StudySections
          study={scalingSweep}
          runs={recordedRuns<StudySettings, SweepResult>("deepseek-llm")}
        />
      </section>
      <p class="hint">
        DeepSeek-AI 2024, <a href="https://arxiv.org/abs/2401.02954">arXiv 2401.02954</a>. M counts
        the non-embedding operations per token, attention included.
      </p>
      <Panels
        code={codeOf()}
        command={
          "npm run -s deepgrain -- compare deepseek-llm --quick\nnpm run -s deepgrain -- scaling plan --budget 1e20 --law deepseek --sequence-length 4096"
        }
      />
    </Body>
  );
}

/** The page of scaling laws. */
export function scalingPage(): BuiltPage {
  const builtIn: ScalingProps = { recorded: readRecorded<RecordedScaling>("scaling") };
  const told = toldStory("scaling");
  return { body: <ScalingBody built={builtIn} told={told} />, builtIn, story: told };
}
