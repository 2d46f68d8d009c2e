import { granite } from "./granite";
import { granitemoe } from "./granitemoe";
import { olmoe } from "./olmoe";
import { smollm3 } from "./smollm3";

/** The families that are described in one piece. A new one is a file and a line here. */
export const families = { olmoe, granite, granitemoe, smollm3 };
