import { fields as anchorsFields } from "../anchors/state";
import { story as anchors } from "../anchors/story";
import { fields as codeFields } from "../code/state";
import { story as code } from "../code/story";
import { fields as federatedFields } from "../federated/state";
import { story as federated } from "../federated/story";
import { fields as graphFields } from "../graph/state";
import { story as graph } from "../graph/story";
import { fields as landingFields } from "../landing/state";
import { story as landing } from "../landing/story";
import { fields as mixtureFields } from "../mixture/state";
import { story as mixture } from "../mixture/story";
import { fields as modelFields } from "../model/state";
import { story as model } from "../model/story";
import { fields as purifyFields } from "../purify/state";
import { story as purify } from "../purify/story";
import { fields as scalingFields } from "../scaling/state";
import { story as scaling } from "../scaling/story";
import type { Fields } from "../state/address-state";
import { fields as verifierFields } from "../verifier/state";
import { story as verifier } from "../verifier/story";
import { fields as watermarkFields } from "../watermark/state";
import { story as watermark } from "../watermark/story";
import type { PageId } from "./document";
import { type AnyStory, readStory } from "./stories";
import type { ToldStory } from "./story-list";
import { outcomeOf } from "./story-outcome";

/** A page with a story. */
export interface StoryPage {
  id: PageId;
  /** Its folder of `src`, and of what is recorded. */
  folder: string;
  story: AnyStory;
  fields: Fields;
  /** The study whose outcome is its last step. */
  study?: string | undefined;
}

/** The pages that have a story. */
export const storyPages: readonly StoryPage[] = [
  {
    id: "index",
    folder: "landing",
    story: landing,
    fields: landingFields,
  },
  {
    id: "code",
    folder: "code",
    story: code,
    fields: codeFields,
    study: "deepseek-coder-v2",
  },
  {
    id: "purify",
    folder: "purify",
    story: purify,
    fields: purifyFields,
    study: "fine-purify",
  },
  {
    id: "federated",
    folder: "federated",
    story: federated,
    fields: federatedFields,
    study: "redgrape",
  },
  {
    id: "scaling",
    folder: "scaling",
    story: scaling,
    fields: scalingFields,
    study: "deepseek-llm",
  },
  {
    id: "model",
    folder: "model",
    story: model,
    fields: modelFields,
  },
  {
    id: "mixture",
    folder: "mixture",
    story: mixture,
    fields: mixtureFields,
    study: "deepseek-moe",
  },
  {
    id: "watermark",
    folder: "watermark",
    story: watermark,
    fields: watermarkFields,
    study: "balance-marking",
  },
  { id: "graph", folder: "graph", story: graph, fields: graphFields, study: "renode" },
  {
    id: "verifier",
    folder: "verifier",
    story: verifier,
    fields: verifierFields,
    study: "math-shepherd",
  },
  {
    id: "anchors",
    folder: "anchors",
    story: anchors,
    fields: anchorsFields,
    study: "label-words",
  },
];

/** Steps of a story, with that of the outcome. */
export const countSteps = ({ steps, outcome }: AnyStory): number =>
  steps.length + (outcome ? 1 : 0);

/** The story of a page, the recorded results of it, and the outcome of the re-run. */
export function toldStory(page: PageId): ToldStory {
  const { folder, story, study } = storyPages.find(({ id }) => id === page)!;
  return { story, recorded: readStory(folder), outcome: study ? outcomeOf(study) : null };
}
