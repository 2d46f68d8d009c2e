import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import "./picture.css";
import "./watermark.css";
import type { RecordedWatermark } from "./recorded";
import { Watermark } from "./watermark";

openPage(<Watermark recorded={builtIn<RecordedWatermark>()} />);
openStory(() => import("./tell"));
