import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { LoyaltyBars } from "../anchors/loyalty-bars";
import type { RecordedAnchors } from "../anchors/recorded";
import { PassPlot } from "../code/pass-picture";
import { GroupPlot } from "../federated/accuracy-picture";
import type { RecordedFederation } from "../federated/recorded";
import { GraphPicture } from "../graph/graph-picture";
import type { RecordedGraph } from "../graph/recorded";
import type { RecordedSentence } from "../landing/recorded";
import { WrittenPicture } from "../landing/written-picture";
import { LayerPicture } from "../mixture/affinity";
import type { RecordedMixture } from "../mixture/recorded";
import { HistogramPlot } from "../purify/histogram-picture";
import type { RecordedPurify } from "../purify/recorded";
import { LawPicture } from "../scaling/loss-picture";
import type { RecordedScaling } from "../scaling/recorded";
import type { RecordedVerifier } from "../verifier/recorded";
import { SolvedPlot } from "../verifier/solved-picture";
import type { RecordedWatermark } from "../watermark/recorded";
import { recordedPass } from "./pass-curves";
import { pictureStyle } from "./picture-style";
import { readRecorded } from "./read-recorded";

/** A picture of what a system does. */
interface Deed {
  /** The page whose style it has: a folder of `src`. */
  folder: string;
  picture: VNode;
  /** The picture in words; where it is a measure, which direction is better. */
  says: string;
}

/** Pixels of a picture beside the front page's text. */
export const WIDTH = 300;

/** The colours of words that speak for a message, against it and not at all. */
const COLOURS = { 1: 0, [-1]: 1, 0: 5 } as const;

const deeds: Record<string, () => Deed> = {
  "deepseek-moe": () => ({
    folder: "landing",
    picture: (
      <WrittenPicture letters={readRecorded<RecordedSentence>("landing").written.texts.flat()} />
    ),
    says: "Six small experts write; each letter has the colour of its expert.",
  }),
  esft: () => {
    const { scores, tuning } = readRecorded<RecordedMixture>("mixture");
    return {
      folder: "mixture",
      picture: (
        <g class="affinity">
          <LayerPicture layer={0} scores={scores[0]!} p={tuning.p} />
        </g>
      ),
      says: "Shares of a task that a layer’s experts have, summed from the busiest on; only the blue ones are tuned.",
    };
  },
  "balance-marking": () => {
    const { tokens, payload } = readRecorded<RecordedWatermark>("watermark").readings.balanced;
    const words = tokens.map(([text, vote]) => ({ text, expert: COLOURS[vote] }));
    return {
      folder: "watermark",
      picture: <WrittenPicture letters={words} />,
      says: `A text that hides “${payload}”: blue words speak for the message, orange ones against it.`,
    };
  },
  "label-words": () => ({
    folder: "anchors",
    picture: (
      <g class="of-anchors">
        <LoyaltyBars
          cuts={readRecorded<RecordedAnchors>("anchors").looks.anchors.cuts}
          chosen={undefined}
        />
      </g>
    ),
    says: "Answers that stay once label words are cut off in some layers.",
  }),
  "math-shepherd": () => ({
    folder: "verifier",
    picture: (
      <SolvedPlot curve={readRecorded<RecordedVerifier>("verifier").curve} n={16} width={WIDTH} />
    ),
    says: "Problems solved, higher is better: by scores of steps (blue), by votes (orange, dashed).",
  }),
  "fine-purify": () => ({
    folder: "purify",
    picture: <HistogramPlot drawn={readRecorded<RecordedPurify>("purify").outcome} width={WIDTH} />,
    says: "Weights by how far they moved for their curvature; the orange ones are set back.",
  }),
  redgrape: () => {
    const { run } = readRecorded<RecordedFederation>("federated").federation;
    return {
      folder: "federated",
      picture: <GroupPlot group="tail" run={run} rounds={run.rounds.length} />,
      says: "Rare digits told right, higher is better: RedGrape (blue), FedAvg (orange, dashed).",
    };
  },
  renode: () => ({
    folder: "graph",
    picture: <GraphPicture {...readRecorded<RecordedGraph>("graph").graphs.karate} />,
    says: "Labels of two classes; the stronger one is drawn, the more it weighs where it sits.",
  }),
  "deepseek-llm": () => ({
    folder: "scaling",
    picture: <LawPicture look={readRecorded<RecordedScaling>("scaling").look} />,
    says: "Held-out loss over compute, lower is better: the best run of each budget, and the law through them.",
  }),
  "deepseek-coder-v2": () => ({
    folder: "code",
    picture: <PassPlot curves={recordedPass().curves} width={WIDTH} />,
    says: "Programs that pass their tests while the model learns from tests, higher is better.",
  }),
};

/** The picture of a system, and its words. */
export const deedOf = (study: string): Deed => deeds[study]!();

/** The picture as an SVG file with the colours of both schemes. @param study folder of `apps/studies` */
export function pictureFile(study: string): string {
  const { folder, picture, says } = deedOf(study);
  const markup = renderToString(picture).replaceAll(/(\d\.\d\d)\d+/g, "$1");
  const [, box] = /viewBox="([^"]*)"/.exec(markup)!;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${WIDTH}" font-family="ui-sans-serif,system-ui,sans-serif" font-size="12">`,
    `<title>${says}</title>`,
    `<style>${pictureStyle(folder, markup).both}</style>`,
    `${markup}</svg>\n`,
  ].join("\n");
}
