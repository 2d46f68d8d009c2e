/** @file The types of profiles. */
import type { Profile } from "./schemes";

export type { Compat, ProfileBase } from "./core/profile";
export type { Profile, SchemeName } from "./schemes";
export type { CtwlBalanceProfile, CtwlProfile, CtwlVanillaProfile } from "./schemes/ctwl/profile";
export type { ExpProfile } from "./schemes/exp/profile";
export type { ExpEditProfile } from "./schemes/exp-edit/profile";
export type { KgwProfile, SeedingScheme } from "./schemes/kgw/profile";
export type { MpacProfile } from "./schemes/mpac/profile";
export type { RsSegmentProfile } from "./schemes/rs-segment/profile";
export type { SynthIdProfile } from "./schemes/synthid/profile";
export type { UnigramProfile } from "./schemes/unigram/profile";

type Required1 = "scheme" | "vocab_size";
type PartialOf<P> = P extends Profile ? Pick<P, Required1> & Partial<Omit<P, Required1>> : never;

/** A profile as passed by a caller: the scheme, the vocabulary size, and all fields that differ from the defaults. */
export type ProfileInput = PartialOf<Profile>;
