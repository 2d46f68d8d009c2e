import { builtIn, openPage } from "../shell/open-page";
import { offersWebGpu } from "../shell/page-worker";
import { openStory } from "../story/open-story";
import "./picture.css";
import "./model.css";
import { Model } from "./model";
import type { RecordedModel } from "./recorded";

offersWebGpu.value = true;
openPage(<Model recorded={builtIn<RecordedModel>()} />);
openStory(() => import("./tell"));
