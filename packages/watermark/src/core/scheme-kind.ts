/** @file What a scheme's folder tells the rest of the package: its fields, capacity, draws and reader. */
import type { WatermarkKey } from "../prf/key";
import type { CodeShape } from "./code-shape";
import type { ProfileBase } from "./profile";
import type { ExtraCheck } from "./profile-extras";
import type { FieldRule } from "./profile-fields";
import type { Scheme, SchemeResources } from "./scheme";

/** Throws `ERR_PROFILE` with the message. */
export type Refuse = (message: string) => never;

/** Position of the next token, for {@link SchemeKind.draws}. */
export interface Place {
  /** Number of prompt tokens at the start. */
  prompt: number;
  /** Logits of the next token, which choose the candidates of self-hash; without them every token is a candidate. */
  logits: readonly (number | null)[] | undefined;
}

/** A scheme, before it is bound to a key. */
export interface SchemeKind<P extends ProfileBase = ProfileBase> {
  /** As profiles name it. */
  readonly name: string;
  /** Fields with their defaults and ranges. */
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Fields without a default. */
  readonly extras?: Readonly<Record<string, ExtraCheck>> | undefined;
  /** The published codes whose draws it can reproduce. */
  readonly compat?: readonly string[] | undefined;
  /** Defaults that depend on other fields, which are not checked yet. */
  defaults?(given: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Refuses fields that contradict each other. */
  check?(profile: P, refuse: Refuse): void;
  /**
   * The properties of its code that determine capacity.
   *
   * @param spike mean spike entropy, which lowers the hit rate
   * @param bits payload bits; default the profile's own
   */
  shape(profile: P, spike: number | undefined, bits?: number): CodeShape;
  /** Tokens of a text that has `needed` usable ones for the payload; default as many. */
  textTokens?(profile: P, needed: number): number;
  /** Tokens that its lists depend on, as a forger guesses who knows the scheme but not the key. */
  contextTokens(profile: P): number;
  /** Why it cannot be a bias where the logits are not seen; undefined where it can. */
  notAdditive?(profile: P): string | undefined;
  /** The random draws for the token after `ids`. */
  draws?(
    profile: P,
    key: WatermarkKey | undefined,
    ids: readonly number[],
    place: Place,
  ): Record<string, unknown>;
  /** Binds a validated profile to one key; the compatibility modes need none. */
  bind(profile: P, key: WatermarkKey | undefined, resources: SchemeResources): Scheme;
}

declare const profileType: unique symbol;

/** A scheme that remembers the type of its profile. */
export interface TypedKind<P extends ProfileBase> extends SchemeKind<P> {
  readonly [profileType]?: P | undefined;
}

/** A scheme of a profile's type. */
export const schemeKind = <P extends ProfileBase & { scheme: string }>(
  kind: SchemeKind<P> & { readonly name: P["scheme"] },
): TypedKind<P> => kind;
