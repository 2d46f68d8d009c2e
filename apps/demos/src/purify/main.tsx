import { builtIn, openPage } from "../shell/open-page";
import "../drawing/drawing.css";
import { Purify } from "./purify";
import "./picture.css";
import "./purify.css";
import type { RecordedPurify } from "./recorded";

openPage(<Purify recorded={builtIn<RecordedPurify>()} />);
