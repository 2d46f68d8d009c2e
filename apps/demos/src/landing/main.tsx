import { builtIn, openPage } from "../shell/open-page";
import { Landing } from "./landing";
import type { RecordedSentence } from "./recorded";

openPage(<Landing recorded={builtIn<RecordedSentence>()} />);
