import { defaultGenerator, isRecomputing, nn, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { attachLoss } from "../balance/attach-loss";
import { applyDrops } from "../drop/apply-drops";
import { read } from "../errors";
import type { RouterPlace } from "../router/assert-finite-logits";
import { routeToken, type TokenRoute } from "../router/route-token";
import { type ResolvedRouter, resolveRouter } from "../router/router-config";
import { appliedScale, type Gate, gateTokens } from "../router/top-k-gate";
import {
  type AuxLoss,
  type FeedForward,
  type FeedForwardOptions,
  pass,
  type RoutingProbe,
  tokensOf,
} from "./feed-forward";
import { GatedMlp } from "./gated-mlp";
import { normalWeight } from "./initial-weights";
import { layerLosses } from "./layer-losses";
import { type MoeConfig, type MoeSettings, settleMoe } from "./moe-config";
import { hasObservers, type RouteObserver, reportRoute, subscribe } from "./route-observers";
import { Router } from "./router";
import { StackedExperts } from "./stacked-experts";

/** Whether two configurations have the same values. */
function isEqual(a: MoeConfig, b: MoeConfig): boolean {
  const keys = Object.keys(a) as (keyof MoeConfig)[];
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/**
 * A mixture of fine-grained routed experts and shared ones:
 * y = Σ_shared FFN_j(x) + Σ_{i chosen} g_i FFN_i(x), without the residual.
 *
 * While training it attaches its balance losses and z-loss to the output: they reach the router as gradients, not the loss that is
 * logged. The other results of a pass (choices, balance loss, share dropped) go to the observers of `onRoute`.
 *
 * @see DeepSeekMoE (Dai et al. 2024), section 3; DeepSeek-V2 (2024), section 2.2; DeepSeek-V3 (2024), section 2.1.2
 */
export class MoeLayer extends nn.Module implements FeedForward {
  static override readonly name: string = "MoeLayer";
  gate: Router;
  experts: StackedExperts;
  sharedExperts: GatedMlp | null;
  /** [1, d] gate of the shared experts' output; null if the output is added unscaled. */
  sharedExpertGate: nn.Linear | null;
  name = "";
  /** Losses to attach while training; `expert`: only the expert-level one. Default all that have an alpha above 0. */
  auxLoss: AuxLoss = "all";
  /** An experiment on the routing of every pass. Default none. */
  probe: RoutingProbe = {};
  private readonly _router: ResolvedRouter;
  /** The configuration that `_settled` was read from. */
  private _seen: MoeConfig;
  private _settled: MoeSettings;
  private readonly _observers = new Set<RouteObserver>();

  /**
   * @param config its losses, dropping and checks may be replaced between passes
   * @throws {MoeError} `ERR_RANGE` for settings out of range or in conflict
   */
  constructor(readonly config: MoeConfig) {
    super();
    const settings = settleMoe(config);
    const { router, experts, hiddenSize, expertSize, sharedExperts, hasSharedGate } = settings;
    this._router = router;
    this._seen = { ...config };
    this._settled = settings;
    const init = { initStd: settings.initStd, generator: settings.generator };
    this.gate = new Router(router, hiddenSize, init);
    this.experts = new StackedExperts(experts, hiddenSize, expertSize, init);
    const sharedSize = settings.sharedSize ?? sharedExperts * expertSize;
    this.sharedExperts = sharedSize > 0 ? new GatedMlp(hiddenSize, sharedSize, init) : null;
    this.sharedExpertGate = hasSharedGate
      ? new nn.Linear(hiddenSize, 1, { bias: false, init: (shape) => normalWeight(shape, init) })
      : null;
  }

  /** The factor in every weight that the router gives, `routed_scaling_factor` where the family applies it; else 1. */
  get gateScale(): number {
    return appliedScale(this._router);
  }

  /** Whether the layer has observers. */
  get isObserved(): boolean {
    return hasObservers(this._observers);
  }

  /**
   * The experts of one token off the tape, from its router logits: the same choice as `forward` in evaluation, without
   * calling observers.
   * @throws {MoeError} `ERR_NOT_FINITE` for NaN or +∞
   */
  routeToken(logits: ArrayLike<number>): TokenRoute {
    const bias = this.gate.eScoreCorrectionBias?.dataSync() ?? null;
    return routeToken(logits, this._router, bias, this.place());
  }

  onRoute(observer: RouteObserver): () => void {
    return subscribe(this._observers, observer);
  }

  /** Trains only these routed experts; see `StackedExperts.trainOnly`. Null trains all again. */
  trainOnly(experts: readonly number[] | null): void {
    this.experts.trainOnly(experts);
  }

  /**
   * @param x [batch, seq, d] or [tokens, d]
   * @returns the shape of `x`
   * @throws {MoeError} `ERR_SHAPE`, `ERR_RANGE`, `ERR_NOT_FINITE` for NaN logits
   */
  forward(x: Tensor, options: FeedForwardOptions = {}): Tensor {
    const settings = read(pass, "forward", options);
    return tidy(() => {
      const { tokenMask, auxLoss: which = this.auxLoss, auxLossScale: scale } = settings;
      const { probe = this.probe } = settings;
      const own = this.settings();
      const { rows, sequences } = tokensOf("MoeLayer", x, own.hiddenSize, settings);
      const logits = this.gate.forward(rows);
      const gate = this.route(logits, tokenMask, { probe, own });
      const { ids, fraction } = this.keptIds(gate, sequences, own);
      const routed = this.experts.forward(rows, ids, gate.weights);
      if (!isRecomputing()) settings.onGate?.(gate);
      const shared = probe.withoutShared ? null : this.shared(rows);
      const y = shared ? routed.add(shared) : routed;
      const auxLoss = this.training
        ? layerLosses(gate, logits, own, { which, sequences, tokenMask })
        : null;
      const report = { sequences, auxLoss, droppedFraction: fraction };
      reportRoute(this, this._observers, gate, report);
      const balanced = auxLoss ? attachLoss(y, auxLoss, { scale }) : y;
      const further = settings.gateLoss?.(gate) ?? null;
      return (further ? attachLoss(balanced, further) : balanced).reshape(x.shape);
    });
  }

  /** The output of the shared experts, multiplied by their gate if there is one. */
  private shared(rows: Tensor): Tensor | null {
    const y = this.sharedExperts?.forward(rows) ?? null;
    return y && this.sharedExpertGate ? y.mul(this.sharedExpertGate.forward(rows).sigmoid()) : y;
  }

  /** The settings of a pass: `config` as it is now. */
  private settings(): MoeSettings {
    if (isEqual(this._seen, this.config)) return this._settled;
    this._settled = settleMoe(this.config);
    this._seen = { ...this.config };
    return this._settled;
  }

  private route(
    logits: Tensor,
    tokenMask: Tensor | null,
    { probe, own }: { probe: RoutingProbe; own: MoeSettings },
  ): Gate {
    const { topK, skipTop = 0, without = [], keepMass = false } = probe;
    const router =
      topK === undefined ? this._router : resolveRouter({ ...this._router, topK }, "MoeLayer");
    const { checkFinite } = own;
    const bias = this.gate.eScoreCorrectionBias;
    return gateTokens(
      logits,
      router,
      { bias, tokenMask, skipTop, without, keepMass, checkFinite },
      this.place(),
    );
  }

  /** The location that errors about its logits report. */
  private place(): RouterPlace {
    const { name } = this;
    return name ? { where: `MoeLayer: ${name}`, layer: name } : { where: "topKGate" };
  }

  /** The choices that remain after dropping, in training. */
  private keptIds(
    gate: Gate,
    sequences: number,
    { drop, dropGenerator = defaultGenerator }: MoeSettings,
  ): { ids: Tensor; fraction: number } {
    if (!this.training || !drop || gate.ids.size === 0) return { ids: gate.ids, fraction: 0 };
    return applyDrops(gate, drop, sequences, dropGenerator);
  }
}
