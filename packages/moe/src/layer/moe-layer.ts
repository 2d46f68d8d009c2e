import { defaultGenerator, nn, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { attachLoss } from "../balance/attach-loss";
import { type BiasUpdate, updateBias } from "../balance/balanced-bias";
import { choiceCounts } from "../balance/routing-shares";
import { applyDrops } from "../drop/apply-drops";
import { MoeError } from "../errors";
import { type ResolvedRouter, resolveRouter } from "../router/router-config";
import { type Gate, gateTokens } from "../router/top-k-gate";
import { type FeedForward, type FeedForwardOptions, tokensOf } from "./feed-forward";
import { GatedMlp } from "./gated-mlp";
import { normalWeight } from "./initial-weights";
import { KeptValue } from "./kept-value";
import { layerLosses } from "./layer-losses";
import { type AuxLoss, checkMoeConfig, type MoeConfig } from "./moe-config";
import { type RouteObserver, reportRoute, subscribe } from "./route-observers";
import { Router } from "./router";
import { StackedExperts } from "./stacked-experts";

/** Changes to a layer's routing for the sake of an experiment. The weights stay as they are. */
export interface RoutingProbe {
  /** Leave out each token's best experts and choose among the rest. Default 0. */
  skipTop?: number;
  /** Choose this many experts instead. */
  topK?: number;
  /** Leave the shared experts out. Default false. */
  withoutShared?: boolean;
}

/**
 * A mixture of fine-grained routed experts and shared ones:
 * y = Σ_shared FFN_j(x) + Σ_{i chosen} g_i FFN_i(x), without the residual.
 *
 * While training it attaches its balance losses to the output: they reach the router as gradients, not the loss that is
 * logged. With `noaux_tc` it counts choices between calls of `updateBias`.
 *
 * @see DeepSeekMoE (Dai et al. 2024), section 3; DeepSeek-V2 (2024), section 2.2; DeepSeek-V3 (2024), section 2.1.2
 */
export class MoeLayer extends nn.Module implements FeedForward {
  gate: Router;
  experts: StackedExperts;
  sharedExperts: GatedMlp | null;
  /** [1, d] gate of the shared experts' output; null where it is added as it is. */
  sharedExpertGate: nn.Linear | null;
  name = "";
  /** Balance losses to attach while training. Default all that have an alpha above 0. */
  auxLoss: AuxLoss = "all";
  /** α₁, from the configuration. */
  auxLossAlpha: number;
  /** Losses per sequence or over the batch, from the configuration. */
  seqAux: boolean;
  /** The gradient that an attached loss gets; 1/n when gradients of n batches are averaged. Default 1. */
  auxLossScale = 1;
  /** An experiment on the routing; null for none. */
  probe: RoutingProbe | null = null;
  /** Whether training passes count choices for `load`. Default: with `noaux_tc`. */
  countsLoad: boolean;
  /** Share of the choices that the last training pass dropped. */
  lastDroppedFraction = 0;
  private readonly _router: ResolvedRouter;
  private readonly _aux = new KeptValue();
  private readonly _load = new KeptValue();
  private readonly _observers = new Set<RouteObserver>();

  /** @throws {MoeError} `ERR_RANGE` for settings out of range or in conflict */
  constructor(readonly config: MoeConfig) {
    super();
    const router = checkMoeConfig(config);
    this._router = router;
    const { experts, hiddenSize, expertSize, sharedExperts = 0, initStd, generator } = config;
    const init = {
      ...(initStd === undefined ? {} : { initStd }),
      ...(generator === undefined ? {} : { generator }),
    };
    this.gate = new Router(router, hiddenSize, init);
    this.experts = new StackedExperts(experts, hiddenSize, expertSize, init);
    const sharedSize = config.sharedSize ?? sharedExperts * expertSize;
    this.sharedExperts = sharedSize > 0 ? new GatedMlp(hiddenSize, sharedSize, init) : null;
    this.sharedExpertGate = config.hasSharedGate
      ? new nn.Linear(hiddenSize, 1, { bias: false, init: (shape) => normalWeight(shape, init) })
      : null;
    this.auxLossAlpha = config.auxLossAlpha ?? (router.method === "noaux_tc" ? 0 : 1e-3);
    this.seqAux = config.seqAux ?? true;
    this.countsLoad = router.method === "noaux_tc";
  }

  get lastAuxLoss(): Tensor | null {
    return this._aux.value;
  }

  /** float32 [experts]: choices of each expert in the training passes since the last `resetLoad`; null before any. */
  get load(): Tensor | null {
    return this._load.value;
  }

  onRoute(observer: RouteObserver): () => void {
    return subscribe(this._observers, observer);
  }

  /** Trains these routed experts alone; see `StackedExperts.trainOnly`. Null trains all again. */
  trainOnly(experts: readonly number[] | null): void {
    this.experts.trainOnly(experts);
  }

  /** Forgets the choices counted so far. */
  resetLoad(): void {
    this._load.replace(null);
  }

  /**
   * Moves the balancing bias by the choices counted since the last call, and forgets them. Call it after each optimiser
   * step. Does nothing when no choice was counted.
   * @throws {MoeError} `ERR_MISSING` for a layer without a bias
   */
  updateBias(options: BiasUpdate = {}): void {
    const bias = this.gate.eScoreCorrectionBias;
    if (!bias)
      throw new MoeError("ERR_MISSING", "moe/updateBias: only noaux_tc layers have a bias");
    if (this.load) updateBias(bias, this.load, options);
    this.resetLoad();
  }

  /**
   * @param x [batch, seq, d] or [tokens, d]
   * @returns the shape of `x`
   * @throws {MoeError} `ERR_SHAPE`, `ERR_RANGE`, `ERR_NOT_FINITE` for NaN logits
   */
  forward(x: Tensor, options: FeedForwardOptions = {}): Tensor {
    return tidy(() => {
      const { tokenMask = null, auxLoss = this.auxLoss } = options;
      const { rows, sequences } = tokensOf("MoeLayer", x, this.config.hiddenSize, options);
      const gate = this.route(rows, tokenMask);
      if (!options.isRepeated) reportRoute(this, this._observers, gate, sequences);
      const ids = this.training ? this.keptIds(gate, sequences, options) : gate.ids;
      const routed = this.experts.forward(rows, ids, gate.weights);
      options.onGate?.(gate);
      const shared = this.probe?.withoutShared ? null : this.shared(rows);
      const y = shared ? routed.add(shared) : routed;
      return this.withLosses(y, gate, { auxLoss, sequences, tokenMask }).reshape(x.shape);
    });
  }

  /** What the shared experts add, behind their gate where there is one. */
  private shared(rows: Tensor): Tensor | null {
    const y = this.sharedExperts?.forward(rows) ?? null;
    return y && this.sharedExpertGate ? y.mul(this.sharedExpertGate.forward(rows).sigmoid()) : y;
  }

  private route(rows: Tensor, tokenMask: Tensor | null): Gate {
    const { topK, skipTop = 0 } = this.probe ?? {};
    const router = topK === undefined ? this._router : resolveRouter({ ...this._router, topK });
    const checkFinite = this.config.checkFinite ?? true;
    const bias = this.gate.eScoreCorrectionBias;
    const { name } = this;
    const place = name ? { where: `MoeLayer: ${name}`, layer: name } : { where: "topKGate" };
    return gateTokens(
      this.gate.forward(rows),
      router,
      { bias, tokenMask, skipTop, checkFinite },
      place,
    );
  }

  /** Counts the choices, then drops what the configuration drops. */
  private keptIds(gate: Gate, sequences: number, { isRepeated }: FeedForwardOptions): Tensor {
    if (this.countsLoad && !isRepeated) this.addLoad(gate.ids);
    if (!this.config.drop || gate.ids.size === 0) return gate.ids;
    const generator = this.config.dropGenerator ?? defaultGenerator;
    const { ids, fraction } = applyDrops(gate, this.config.drop, sequences, generator);
    this.lastDroppedFraction = fraction;
    return ids;
  }

  private addLoad(ids: Tensor): void {
    noGrad(() => {
      const counts = choiceCounts(ids, this.config.experts).reshape([this.config.experts]);
      this._load.replace(this.load ? this.load.add(counts) : counts);
    });
  }

  private withLosses(
    y: Tensor,
    gate: Gate,
    { auxLoss, ...population }: { auxLoss: AuxLoss; sequences: number; tokenMask: Tensor | null },
  ): Tensor {
    const loss = this.training
      ? layerLosses(gate, this.config, {
          which: auxLoss,
          alpha: this.auxLossAlpha,
          isPerSequence: this.seqAux,
          ...population,
        })
      : null;
    this._aux.replace(loss);
    return loss ? attachLoss(y, loss, { scale: this.auxLossScale }) : y;
  }

  override dispose(): void {
    super.dispose();
    this._aux.replace(null);
    this._load.replace(null);
  }
}
