export { joinLink } from "./join-link";
export { startMembers } from "./members";
export { type Link, openLink } from "./open-link";
