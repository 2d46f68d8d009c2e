import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import { CodeView } from "./code-view";
import type { CodeProps } from "./recorded";
import "./code.css";

openPage(<CodeView {...builtIn<CodeProps>()} />);
openStory(() => import("./tell"));
