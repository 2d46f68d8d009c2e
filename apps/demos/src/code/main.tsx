import { builtIn, openPage } from "../shell/open-page";
import "../drawing/drawing.css";
import { CodeView } from "./code-view";
import type { CodeProps } from "./recorded";
import "./code.css";

openPage(<CodeView {...builtIn<CodeProps>()} />);
