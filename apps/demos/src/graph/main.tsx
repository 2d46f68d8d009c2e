import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "./picture.css";
import "./graph.css";
import { Graph } from "./graph";
import type { RecordedGraph } from "./recorded";

openPage(<Graph recorded={builtIn<RecordedGraph>()} />);
openStory(() => import("./tell"));
