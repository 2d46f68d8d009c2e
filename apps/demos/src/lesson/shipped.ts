import inside from "./inside-a-mixture.json";
import trust from "./trust-a-model.json";

/** The lessons that come with the site, as their files are, by the names that addresses give them. */
export const shippedLessons = { "inside-a-mixture": inside, "trust-a-model": trust };
