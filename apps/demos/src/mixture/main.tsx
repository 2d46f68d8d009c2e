import { builtIn, openPage } from "../shell/open-page";
import "../drawing/drawing.css";
import "./mixture.css";
import { Mixture, type MixtureProps } from "./mixture";

openPage(<Mixture {...builtIn<MixtureProps>()} />);
