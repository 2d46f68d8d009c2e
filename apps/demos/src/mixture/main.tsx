import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import "./mixture.css";
import { Mixture, type MixtureProps } from "./mixture";

openPage(<Mixture {...builtIn<MixtureProps>()} />);
openStory(() => import("./tell"));
