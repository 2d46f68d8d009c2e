/**
 * Secure aggregation: the server learns the sum of the updates and no single one.
 *
 * @packageDocumentation
 */
export { secureAggregation } from "./secure-aggregation";
export { secureClient } from "./secure-client";
