import { builtIn, openPage } from "../shell/open-page";
import { offersWebGpu } from "../shell/page-worker";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import "./mixture.css";
import { Mixture, type MixtureProps } from "./mixture";

offersWebGpu.value = true;
openPage(<Mixture {...builtIn<MixtureProps>()} />);
openStory(() => import("./tell"));
