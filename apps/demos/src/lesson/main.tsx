import { builtIn, openPage } from "../shell/open-page";
import "./lesson.css";
import "./picture.css";
import { LessonPage } from "./lesson-page";
import type { BuiltLessons } from "./open-lesson";
import { openFromAddress } from "./state";

const built = builtIn<BuiltLessons>();
openPage(<LessonPage built={built} />);
openFromAddress(built);
// The pages come as figures do in other sites' articles.
const script = document.createElement("script");
script.src = "./embed.js";
document.head.append(script);
