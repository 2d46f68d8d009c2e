export { secureAggregation } from "./secure-aggregation";
export { secureClient } from "./secure-client";
