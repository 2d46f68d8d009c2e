import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "./picture.css";
import "./anchors.css";
import { Anchors } from "./anchors";
import type { RecordedAnchors } from "./recorded";

openPage(<Anchors recorded={builtIn<RecordedAnchors>()} />);
openStory(() => import("./tell"));
