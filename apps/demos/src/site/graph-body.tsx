import { codeOf } from "../graph/code";
import { Graph } from "../graph/graph";
import type { RecordedGraph } from "../graph/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { toldStory } from "./told-stories";
import { VerdictList } from "./verdict-list";
import { findingsOf } from "./verdicts";

function GraphBody({ recorded, told }: { recorded: RecordedGraph; told: ToldStory }) {
  const { graph, weighing } = recorded.graphs.karate;
  return (
    <Body
      page="graph"
      intro={
        <div class="intro">
          <h1>Where labels sit in a graph</h1>
          <p class="lead">
            A label near the border of its class speaks for the wrong nodes, too. ReNode measures
            this conflict without training, lets such labels count less, and says that networks then
            classify better, the more so the worse the labels sit.
          </p>
          <VerdictList of="ReNode" findings={findingsOf("renode")} />
        </div>
      }
      story={told}
      live={<Graph recorded={recorded} />}
    >
      <p class="hint">
        Chen et al. 2021, <a href="https://arxiv.org/abs/2110.04099">arXiv 2110.04099</a>. The
        karate club: Zachary 1977. Les Misérables: who meets whom, after Knuth 1993; its classes are
        communities by greedy modularity, so a network finds them easily.
      </p>
      <Panels
        code={codeOf(undefined, graph, weighing.labels)}
        command="npm run -s deepgrain -- compare renode --quick"
      />
    </Body>
  );
}

/** The graph's page. */
export function graphPage(): BuiltPage {
  const builtIn = readRecorded<RecordedGraph>("graph");
  const told = toldStory("graph");
  return { body: <GraphBody recorded={builtIn} told={told} />, builtIn, story: told };
}
