/**
 * Solutions with coloured steps, as HTML.
 *
 * @packageDocumentation
 */
export { colouredPage, colouredText } from "./coloured-steps";
