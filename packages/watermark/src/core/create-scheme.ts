import type { WatermarkKey } from "../prf/key";
import { ctwl } from "../schemes/ctwl/ctwl";
import { entropyKgw } from "../schemes/entropy-kgw";
import { exp } from "../schemes/exp";
import { expEdit } from "../schemes/exp-edit";
import { kgw } from "../schemes/kgw";
import { mpac } from "../schemes/mpac";
import { rsSegment } from "../schemes/rs-segment";
import { synthid } from "../schemes/synthid";
import { unigram } from "../schemes/unigram";
import type { Profile } from "./profile";
import type { Scheme, SchemeResources } from "./scheme";

/** Binds a validated profile to one key; the compatibility modes need none. */
export function createScheme(
  profile: Profile,
  key: WatermarkKey | undefined,
  resources: SchemeResources,
): Scheme {
  switch (profile.scheme) {
    case "kgw":
      return (profile.min_entropy > 0 || profile.entropy_weights
        ? entropyKgw(profile, key, resources)
        : kgw(profile, key)) as unknown as Scheme;
    case "unigram":
      return unigram(profile, key!) as unknown as Scheme;
    case "exp":
      return exp(profile, key!) as unknown as Scheme;
    case "exp-edit":
      return expEdit(profile, key!) as unknown as Scheme;
    case "synthid":
      return synthid(profile, key) as unknown as Scheme;
    case "mpac":
      return mpac(profile, key!) as unknown as Scheme;
    case "rs-segment":
      return rsSegment(profile, key!, resources) as unknown as Scheme;
    case "ctwl-vanilla":
    case "ctwl-balance":
      return ctwl(profile, key, resources) as unknown as Scheme;
  }
}
