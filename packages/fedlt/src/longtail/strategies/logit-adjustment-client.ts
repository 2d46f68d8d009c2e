import { classCounts } from "../data/dataset";
import { type ClientPart, perClass } from "../local/client-part";

/** Class counts are sent in this unit, so that up to 524,288 rows stay within the ±8 of secure aggregation. */
const COUNT_UNIT = 65_536;

/** Logit adjustment's part on the client: reports its class counts as the group `class-counts`, in units of 65,536 rows. */
export const logitAdjustmentClient: ClientPart = {
  report({ data }) {
    const counts = classCounts(data.labels, data.classes).map((count) => count / COUNT_UNIT);
    return { groups: new Map([["class-counts", perClass(counts)]]) };
  },
};
