/** @file All schemes by name, and their profiles. */
import type { ProfileBase } from "../core/profile";
import type { SchemeKind, TypedKind } from "../core/scheme-kind";
import * as kinds from "./kinds";

type Kind = (typeof kinds)[keyof typeof kinds];
type ProfileOf<K> = K extends TypedKind<infer P> ? P : never;

/** A complete profile: plain JSON, the same on the embedding and the detecting side. */
export type Profile = ProfileOf<Kind>;

export type SchemeName = Profile["scheme"];

const byName: ReadonlyMap<string, SchemeKind> = new Map(
  Object.values(kinds).map((kind) => [kind.name, kind as unknown as SchemeKind]),
);

/** Names of all schemes. */
export const schemeNames = [...byName.keys()];

/** The scheme of a profile. */
export const kindOf = (profile: ProfileBase & { readonly scheme: string }): SchemeKind =>
  byName.get(profile.scheme)!;

/** A scheme by its name; undefined if there is none. */
export const kindNamed = (name: unknown): SchemeKind | undefined => byName.get(name as string);
