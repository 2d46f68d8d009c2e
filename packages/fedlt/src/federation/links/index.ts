/**
 * Links described as data: a coordinator opens one, members join it by its description.
 *
 * @packageDocumentation
 */
export { joinLink } from "./join-link";
export { startMembers } from "./members";
export { type Link, openLink } from "./open-link";
