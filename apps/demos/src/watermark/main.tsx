import { builtIn, openPage } from "../shell/open-page";
import "./watermark.css";
import type { RecordedWatermark } from "./recorded";
import { Watermark } from "./watermark";

openPage(<Watermark recorded={builtIn<RecordedWatermark>()} />);
