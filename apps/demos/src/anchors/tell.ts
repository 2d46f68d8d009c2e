import { tellStory } from "../story/tell-story";
import { runStep, showStep } from "./actions";
import { address, result } from "./state";
import { story } from "./story";

void tellStory(
  story,
  { address, show: showStep, run: runStep, result },
  new URL("../../recorded/anchors-story.json", import.meta.url),
);
