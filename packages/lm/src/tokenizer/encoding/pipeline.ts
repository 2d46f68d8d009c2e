/** @file What the tokenizer library holds inside: its types leave these parts out. */
import type { Tokenizer } from "@huggingface/tokenizers";
import type { PatternLike } from "../linear-pattern";

/** A node of the tree of added tokens: the next node by character, and the token that ends here. */
export type TokenTree = { readonly [character: string]: TokenTree | undefined } & {
  readonly end?: string | undefined;
};

/** A token that is found in a text before everything else. */
export interface FoundToken {
  readonly id: number;
  /** Takes the white space before it. */
  readonly lstrip: boolean;
  /** Takes the white space behind it. */
  readonly rstrip: boolean;
}

/** A step that rewrites a text. */
export interface NormalizerStep {
  (text: string): string;
  readonly config: {
    readonly type?: string | undefined;
    readonly content?: string | undefined;
    readonly pattern?: { readonly String?: string | undefined } | undefined;
  };
  readonly normalizers?: readonly (NormalizerStep | null)[] | undefined;
}

/** A step that splits a text; which fields there are depends on its class. */
export interface SplittingStep {
  pre_tokenize_text(text: string, options: { section_index: number }): string[];
  readonly config?:
    | {
        readonly invert?: boolean;
        readonly behavior?: string;
        readonly pattern?: { readonly Regex?: string | undefined } | undefined;
      }
    | undefined;
  readonly pattern?: RegExp | PatternLike | null | undefined;
  readonly tokenizers?: readonly (SplittingStep | null)[] | undefined;
  readonly add_prefix_space?: boolean | undefined;
  readonly use_regex?: boolean | undefined;
}

/** The part that turns words into tokens. */
export interface ModelStep {
  encode(words: string[]): string[];
  readonly vocab: readonly (string | undefined)[];
  readonly tokens_to_ids: ReadonlyMap<string, number>;
  readonly unk_token_id: number | undefined;
  readonly unk_token: string | undefined;
  readonly fuse_unk: boolean;
}

/** The library's tokenizer with its inner parts. */
export interface Pipeline {
  readonly splitter_unnormalized: { readonly trie: TokenTree };
  readonly splitter_normalized: { readonly trie: TokenTree };
  readonly added_tokens_map: ReadonlyMap<string, FoundToken>;
  readonly remove_space: boolean | undefined;
  readonly do_lowercase_and_remove_accent: boolean;
  readonly normalizer: NormalizerStep | null;
  readonly pre_tokenizer: SplittingStep | null;
  readonly model: ModelStep;
}

/** The parts of the library's tokenizer. */
export const pipelineOf = (inner: Tokenizer): Pipeline => inner as unknown as Pipeline;
