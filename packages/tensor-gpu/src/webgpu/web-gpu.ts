/** @file The parts of WebGPU that are in use, so that declarations need no ambient types. */

/** A `GPUDevice`, as far as callers hand one in. */
export interface WebGpuDevice {
  readonly limits: object;
  readonly queue: object;
  readonly lost: PromiseLike<unknown>;
  destroy(): void;
}

export interface GpuBuffer {
  readonly size: number;
  mapAsync(mode: number, offset: number, size: number): Promise<unknown>;
  getMappedRange(offset?: number, size?: number): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

export type BindGroupLayout = { readonly label: string };
export type BindGroup = { readonly label: string };
export type PipelineLayout = { readonly label: string };
export type ShaderModule = { readonly label: string };
export type ComputePipeline = { readonly label: string };
export type CommandBuffer = { readonly label: string };

export interface ComputePass {
  setPipeline(pipeline: ComputePipeline): void;
  setBindGroup(index: number, group: BindGroup, offsets: readonly number[]): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}

/** Places of a device's clock readings. */
export interface QuerySet {
  destroy(): void;
}

export interface PassDescriptor {
  timestampWrites: {
    querySet: QuerySet;
    beginningOfPassWriteIndex: number;
    endOfPassWriteIndex: number;
  };
}

export interface CommandEncoder {
  beginComputePass(descriptor?: PassDescriptor): ComputePass;
  resolveQuerySet(set: QuerySet, first: number, count: number, to: GpuBuffer, at: number): void;
  copyBufferToBuffer(from: GpuBuffer, at: number, to: GpuBuffer, toAt: number, size: number): void;
  finish(): CommandBuffer;
}

export interface GpuQueue {
  submit(commands: readonly CommandBuffer[]): void;
  writeBuffer(to: GpuBuffer, at: number, data: ArrayBuffer, from: number, size: number): void;
  onSubmittedWorkDone(): Promise<unknown>;
}

/** Limits that are read here; others are asked for by nobody. */
export interface GpuLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  readonly minUniformBufferOffsetAlignment: number;
  readonly maxComputeWorkgroupsPerDimension: number;
}

export interface LossInfo {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** The result of an error scope. */
export interface GpuError {
  readonly message: string;
}

/** A `GPUDevice` as the backend uses it. */
export interface Device extends WebGpuDevice {
  readonly features?: { has(name: string): boolean } | undefined;
  readonly adapterInfo?: AdapterInfo | undefined;
  readonly limits: GpuLimits;
  readonly queue: GpuQueue;
  readonly lost: PromiseLike<LossInfo>;
  createBuffer(descriptor: { size: number; usage: number }): GpuBuffer;
  createBindGroupLayout(descriptor: { entries: readonly object[] }): BindGroupLayout;
  createPipelineLayout(descriptor: {
    bindGroupLayouts: readonly BindGroupLayout[];
  }): PipelineLayout;
  createBindGroup(descriptor: { layout: BindGroupLayout; entries: readonly object[] }): BindGroup;
  createShaderModule(descriptor: { code: string; label: string }): ShaderModule;
  createComputePipeline(descriptor: PipelineDescriptor): ComputePipeline;
  createComputePipelineAsync(descriptor: PipelineDescriptor): Promise<ComputePipeline>;
  createCommandEncoder(): CommandEncoder;
  createQuerySet(descriptor: { type: "timestamp"; count: number }): QuerySet;
  pushErrorScope(filter: "validation" | "out-of-memory" | "internal"): void;
  popErrorScope(): Promise<GpuError | null>;
  addEventListener?(kind: "uncapturederror", hear: (event: { error: GpuError }) => void): void;
}

export interface PipelineDescriptor {
  label: string;
  layout: PipelineLayout;
  compute: { module: ShaderModule; entryPoint: string };
}

export interface AdapterInfo {
  readonly vendor?: string | undefined;
  readonly architecture?: string | undefined;
  readonly device?: string | undefined;
  readonly description?: string | undefined;
  readonly isFallbackAdapter?: boolean | undefined;
}

export interface Adapter {
  readonly info?: AdapterInfo | undefined;
  readonly features: Iterable<string> & { has(name: string): boolean };
  readonly limits: GpuLimits;
  requestDevice(descriptor: {
    requiredLimits: Readonly<Record<string, number>>;
    requiredFeatures: readonly string[];
  }): Promise<Device>;
}

/** `navigator.gpu`. */
export interface Gpu {
  requestAdapter(options: { powerPreference?: string | undefined }): Promise<Adapter | null>;
}

/** Values of `GPUBufferUsage` and `GPUMapMode`, which are globals of pages alone. */
export const USAGE = {
  mapRead: 1,
  copySource: 4,
  copyTarget: 8,
  uniform: 64,
  storage: 128,
  queryResolve: 512,
} as const;
export const MAP_READ = 1;
