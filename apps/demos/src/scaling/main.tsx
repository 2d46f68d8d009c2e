import { builtIn, openPage } from "../shell/open-page";
import "../drawing/drawing.css";
import "./scaling.css";
import { Scaling, type ScalingProps } from "./scaling";

const table = new URL("../../recorded/scaling.csv", import.meta.url).href;

openPage(<Scaling {...builtIn<ScalingProps>()} table={table} />);
