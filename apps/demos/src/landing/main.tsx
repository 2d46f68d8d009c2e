import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../anchors/picture.css";
import "../graph/picture.css";
import "../lesson/picture.css";
import "../model/picture.css";
import "../purify/picture.css";
import "../watermark/picture.css";
import "./landing.css";
import { Landing } from "./landing";
import type { RecordedSentence } from "./recorded";

openPage(<Landing recorded={builtIn<RecordedSentence>()} />);
openStory(() => import("./tell"));
