import type { VNode } from "preact";
import { LoyaltyBars } from "../anchors/loyalty-bars";
import type { RecordedAnchors } from "../anchors/recorded";
import { RisePicture } from "../code/pass-picture";
import { TailPicture } from "../federated/accuracy-picture";
import type { RecordedFederation } from "../federated/recorded";
import { GraphPicture } from "../graph/graph-picture";
import type { RecordedGraph } from "../graph/recorded";
import { LessonPicture } from "../lesson/lesson-picture";
import { LossPicture } from "../mixture/loss-picture";
import type { RecordedMixture } from "../mixture/recorded";
import type { RecordedModel } from "../model/recorded";
import { WeightsPicture } from "../model/weights-picture";
import { IndicatorPicture } from "../purify/histogram-picture";
import type { RecordedPurify } from "../purify/recorded";
import { LawPicture } from "../scaling/loss-picture";
import type { RecordedScaling } from "../scaling/recorded";
import type { RecordedVerifier } from "../verifier/recorded";
import { ChoicePicture } from "../verifier/solved-picture";
import type { RecordedWatermark } from "../watermark/recorded";
import { VotesPicture } from "../watermark/votes-picture";
import { type FileId, pages } from "./document";
import { recordedPass } from "./pass-curves";
import { readRecorded } from "./read-recorded";

/** The landing page's card of a page: a picture of what it shows at first, and what can be moved. */
interface Card {
  picture: VNode;
  says: string;
}

const cards = (): Partial<Record<FileId, Card>> => ({
  mixture: {
    picture: <LossPicture curve={readRecorded<RecordedMixture>("mixture").curve} />,
    says: "Many small experts beside few large ones, at equal size and cost. Switch one off and see what is lost.",
  },
  watermark: {
    picture: (
      <VotesPicture
        tokens={readRecorded<RecordedWatermark>("watermark").readings.balanced.tokens}
      />
    ),
    says: "A message hidden in a story. Delete words, and watch its bits hold out or fall.",
  },
  graph: {
    picture: <GraphPicture {...readRecorded<RecordedGraph>("graph").graphs.karate} />,
    says: "Labels of a graph, and what each of them should count. Move one, and see.",
  },
  anchors: {
    picture: (
      <div class="of-anchors">
        <LoyaltyBars
          cuts={readRecorded<RecordedAnchors>("anchors").looks.anchors.cuts}
          chosen={undefined}
        />
      </div>
    ),
    says: "Words through which a model learns from its prompt. Cut them off, and its answers change.",
  },
  verifier: {
    picture: <ChoicePicture curve={readRecorded<RecordedVerifier>("verifier").curve} />,
    says: "Sampled solutions with a score per step. See votes go wrong where scores do not, and spoil a step.",
  },
  code: {
    picture: <RisePicture curves={recordedPass().curves} />,
    says: "Programs for a task, run against its tests, by a model before and after it learned from them. Change one, and see.",
  },
  purify: {
    picture: <IndicatorPicture drawn={readRecorded<RecordedPurify>("purify").outcome} />,
    says: "A word turns a classifier’s answers. Drag the share of weights that is kept, and the backdoor is gone.",
  },
  federated: {
    picture: <TailPicture run={readRecorded<RecordedFederation>("federated").federation.run} />,
    says: "Clients who lack the rare classes learn them together. Drag the imbalance, switch the second head off.",
  },
  scaling: {
    picture: <LawPicture look={readRecorded<RecordedScaling>("scaling").look} />,
    says: "Laws through small trainings plan a large one. Hide the largest runs and see them foretold.",
  },
  model: {
    picture: <WeightsPicture {...readRecorded<RecordedModel>("model").description} />,
    says: "Open a model of your own: from a folder, an address or the Mixture page. It writes here, and you see how fast.",
  },
  lesson: {
    picture: <LessonPicture />,
    says: "Steps through several pages, in a teacher’s order and words. Two lessons of half an hour, and a form for your own.",
  },
});

/** A sentence about what a page shows, of at most 160 characters. */
export const saysOf = (id: FileId): string =>
  cards()[id]?.says ??
  "Type a sentence: a small mixture of experts learns it in this page and goes on writing. Ten papers’ ideas to play with, each re-run.";

/** The pages as pictures, each of what it shows at first. */
export function PageCards() {
  const all = cards();
  return (
    <ul class="cards">
      {[...pages, { id: "lesson", menu: "Lessons" } as const].map(({ id, menu }) => {
        const card = all[id];
        return (
          card && (
            <li key={id}>
              <a href={`./${id}.html`}>
                {card.picture}
                <span class="name">{menu}</span>
                <span>{card.says}</span>
              </a>
            </li>
          )
        );
      })}
    </ul>
  );
}
