import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "./picture.css";
import "./model.css";
import { Model } from "./model";
import type { RecordedModel } from "./recorded";

openPage(<Model recorded={builtIn<RecordedModel>()} />);
openStory(() => import("./tell"));
