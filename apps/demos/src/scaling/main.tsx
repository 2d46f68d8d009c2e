import { builtIn, openPage } from "../shell/open-page";
import { openStory } from "../story/open-story";
import "../drawing/drawing.css";
import "./scaling.css";
import { Scaling, type ScalingProps } from "./scaling";

const table = new URL("../../recorded/scaling.csv", import.meta.url).href;

openPage(<Scaling {...builtIn<ScalingProps>()} table={table} />);
openStory(() => import("./tell"));
