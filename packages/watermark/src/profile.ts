/** @file The types of profiles. */
import type { Profile } from "./schemes";

export type { Profile, SchemeName } from "./schemes";
export type { KgwProfile } from "./schemes/kgw/profile";

type Required1 = "scheme" | "vocab_size";
type PartialOf<P> = P extends Profile ? Pick<P, Required1> & Partial<Omit<P, Required1>> : never;

/** A profile as passed by a caller: the scheme, the vocabulary size, and all fields that differ from the defaults. */
export type ProfileInput = PartialOf<Profile>;
