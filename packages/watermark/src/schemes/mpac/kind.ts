import {
  type CodeShape,
  liftedRate,
  manyContexts,
  presenceOnly,
  wordContexts,
} from "../../core/code-shape";
import { isObject, isReal } from "../../core/profile-extras";
import { bias, choice, integer, ratio } from "../../core/profile-fields";
import { type Refuse, schemeKind } from "../../core/scheme-kind";
import { defaultContextWidth } from "../shared/context-width";
import { mpacDraws } from "./draws";
import { mpac } from "./mpac";
import type { MpacProfile } from "./profile";

function check({ radix, greenlist_ratio, vocab_size }: MpacProfile, refuse: Refuse): void {
  const colours = Math.floor(1 / greenlist_ratio + 1e-9);
  if (2 ** Math.round(Math.log2(radix)) !== radix) refuse(`radix ${radix} is not a power of two`);
  if (colours < radix)
    refuse(
      `greenlist_ratio ${greenlist_ratio} allows ${colours} colours, radix ${radix} needs more`,
    );
  if (colours > vocab_size) refuse(`${colours} colours need a larger vocabulary`);
}

function checkFeedback(value: unknown, refuse: Refuse): void {
  const isCount = (number: unknown) => isReal(number) && number >= 0;
  const isFeedback = isObject(value) && [value.bias, value.eta, value.tau].every(isCount);
  if (!isFeedback) refuse("feedback must be { bias, eta, tau }, all numbers of at least 0");
}

function shape(profile: MpacProfile, spike: number | undefined, bits?: number): CodeShape {
  const { radix, bias: lift, message_bits, context_width } = profile;
  const parts = Math.ceil((bits ?? message_bits) / Math.log2(radix));
  return {
    ...presenceOnly(1 / radix, liftedRate(1 / radix, lift, spike)),
    parts,
    contexts: context_width > 1 ? manyContexts : wordContexts,
    rivals: radix - 1,
    isExclusive: true,
    messages: radix ** parts,
  };
}

/** The scheme `mpac`. */
export const mpacKind = schemeKind<MpacProfile>({
  name: "mpac",
  fields: {
    message_bits: integer(32, 1, 4096),
    radix: integer(4, 2, 256),
    greenlist_ratio: ratio(0.25),
    bias: bias(2),
    seeding_scheme: choice("lefthash", "selfhash"),
    context_width: integer(1, 1, 64),
    selfhash_candidates: integer(40, 1, 4096),
  },
  extras: { feedback: checkFeedback },
  defaults: defaultContextWidth,
  check,
  shape,
  contextTokens: ({ context_width }) => context_width,
  notAdditive: ({ seeding_scheme }) =>
    seeding_scheme === "selfhash" ? "with selfhash needs the logits" : undefined,
  draws: (profile, key, ids, place) => mpacDraws(profile, key!, ids, place),
  bind: (profile, key) => mpac(profile, key!) as never,
});
