import { builtIn, openPage } from "../shell/open-page";
import { Mixture, type MixtureProps } from "./mixture";

openPage(<Mixture {...builtIn<MixtureProps>()} />);
