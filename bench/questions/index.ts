/**
 * The questions by name. Each is loaded only in the process that asks it.
 * @module
 */

import type { Question } from '../runner.ts';

export const questions: Readonly<Record<string, () => Promise<Question>>> = {
  'small-values': async () => (await import('./messages.ts')).smallValues,
  bulk: async () => (await import('./messages.ts')).bulk,
  signed: async () => (await import('./messages.ts')).signed,
  streams: async () => (await import('./streams.ts')).streams,
  'key-wrap': async () => (await import('./providers.ts')).keyWrap,
  providers: async () => (await import('./providers.ts')).providers,
  floor: async () => (await import('./floor.ts')).floor,
  where: async () => (await import('./where.ts')).where,
  tiers: async () => (await import('./key-service.ts')).tiers,
  'key-blob': async () => (await import('./key-service.ts')).keyBlob,
  decision: async () => (await import('./decision.ts')).decision,
  'many-keys': async () => (await import('./many-keys.ts')).manyKeys,
  parameters: async () => (await import('./parameters.ts')).parameters,
  'endpoint-inprocess': async () => (await import('./endpoint.ts')).endpointInProcess,
  'endpoint-http': async () => (await import('./endpoint.ts')).endpointHttp,
  'endpoint-load': async () => (await import('./endpoint.ts')).endpointLoad,
  'cli-file': async () => (await import('./cli-file.ts')).cliFile,
  'cli-start': async () => (await import('./cli-start.ts')).cliStart,
};
