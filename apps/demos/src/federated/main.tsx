import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import "./federated.css";
import { Federated } from "./federated";
import type { RecordedFederation } from "./recorded";

openPage(<Federated recorded={builtIn<RecordedFederation>()} />);
openStory(() => import("./tell"));
