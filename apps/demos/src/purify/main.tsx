import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import { Purify } from "./purify";
import "./picture.css";
import "./purify.css";
import type { RecordedPurify } from "./recorded";

openPage(<Purify recorded={builtIn<RecordedPurify>()} />);
openStory(() => import("./tell"));
