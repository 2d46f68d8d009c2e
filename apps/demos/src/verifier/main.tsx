import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import type { RecordedVerifier } from "./recorded";
import { Verifier } from "./verifier";
import "./verifier.css";

openPage(<Verifier recorded={builtIn<RecordedVerifier>()} />);
openStory(() => import("./tell"));
