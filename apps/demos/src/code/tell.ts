import { tellStory } from "../story/tell-story";
import { runStep, showRecorded } from "./actions";
import { address, result } from "./state";
import { story } from "./story";

void tellStory(
  story,
  { address, show: showRecorded, run: runStep, result },
  new URL("../../recorded/code-story.json", import.meta.url),
);
