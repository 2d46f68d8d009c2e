import type { Profile, ProfileInput, SchemeName } from "../profile";
import { validateProfile } from "./validate-profile";

/** The profile of one scheme as a caller writes it. */
export type InputOf<Name extends SchemeName> = Omit<
  Extract<ProfileInput, { scheme: Name }>,
  "scheme"
> & { readonly scheme: Name };

/**
 * A complete profile of the scheme that it names. The compiler compares it with that scheme alone, so what is missing or
 * misspelt is said of it.
 *
 * @param profile scheme, `vocab_size`, and any fields that differ from the defaults
 * @throws {WatermarkError} `ERR_PROFILE` as `validateProfile`
 */
export const defineProfile = <const Name extends SchemeName>(
  profile: InputOf<Name>,
): Extract<Profile, { scheme: Name }> =>
  validateProfile(profile as unknown as ProfileInput) as Extract<Profile, { scheme: Name }>;
