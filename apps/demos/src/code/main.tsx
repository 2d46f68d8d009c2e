import { builtIn, openPage } from "../shell/open-page";
import "../drawing/drawing.css";
import { Code } from "./code";
import type { CodeProps } from "./recorded";
import "./code.css";

openPage(<Code {...builtIn<CodeProps>()} />);
