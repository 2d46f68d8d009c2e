import { builtIn, openPage } from "../shell/open-page";
import "../anchors/picture.css";
import "../graph/picture.css";
import "../model/picture.css";
import "../purify/picture.css";
import "../watermark/picture.css";
import { Landing } from "./landing";
import type { RecordedSentence } from "./recorded";

openPage(<Landing recorded={builtIn<RecordedSentence>()} />);
